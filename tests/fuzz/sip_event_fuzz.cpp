// Any datagrams, and messages put together from a few parts, into the book of SIP calls.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "call/sip_dialogs.hpp"
#include "touch.hpp"

using namespace deadair;
using call::SipDialog;
using call::SipDialogs;
using call::SocketAddress;

namespace {

constexpr std::uint32_t kCapacity = 4;
constexpr std::array<std::string_view, 8> kMethods = {"INVITE", "ACK",    "BYE",  "CANCEL",
                                                      "PRACK",  "UPDATE", "INFO", "INVITE"};
constexpr std::array<std::string_view, 16> kStatuses = {"100", "180", "183", "200", "200", "202",
                                                        "301", "401", "407", "408", "480", "486",
                                                        "487", "503", "603", "999"};

void require(bool holds) {
  if (!holds) std::abort();
}

SocketAddress socket_of(unsigned choice) {
  return {IpAddress::v4(0x0a00'0001 + (choice & 3U)),
          static_cast<std::uint16_t>(5060 + (choice >> 2 & 1U))};
}

// Each entry: kind (80: raw bytes of a length given, else parts), pause, ends, then the rest.
class Script {
 public:
  explicit Script(ByteView bytes) : reader_(bytes) {}

  bool step() {
    constexpr std::array<std::int64_t, 8> kPauses = {0,      20,     500,     4'000,
                                                     12'000, 33'000, 190'000, 310'000};
    if (reader_.left() < 4) return false;
    const std::uint8_t kind = reader_.u8();
    const std::uint8_t choice = reader_.u8();
    now_ns_ += kPauses[choice & 7U] * 1'000'000;
    if ((choice & 0x80U) != 0) expire();
    const std::uint8_t ends = reader_.u8();
    const std::string message = (kind & 0x80U) != 0 ? raw() : parts(kind);
    say(message, (choice & 0x40U) != 0 ? message.size() + 100 : message.size(), ends);
    return true;
  }

  void finish() {
    expire();
    std::vector<SipDialog> ended;
    book_.finish(ended);
    for (const SipDialog& dialog : ended) check(dialog);
    require(book_.live() == 0);
    require(std::is_sorted(ended.begin(), ended.end(), [](const auto& x, const auto& y) {
      return x.frame_first < y.frame_first;
    }));
  }

 private:
  std::string raw() {
    const std::size_t length = reader_.be16() & 1023U;
    return std::string(reader_.take(std::min(length, reader_.left())).text());
  }

  std::string parts(std::uint8_t kind) {
    const std::uint8_t ids = reader_.u8();
    const std::uint8_t body = reader_.u8();
    const std::string method(kMethods[kind & 7U]);
    const bool response = (kind & 0x40U) != 0;
    std::string out = response ? "SIP/2.0 " + std::string(kStatuses[kind >> 2 & 15U]) + " x\r\n"
                               : method + " sip:b@x SIP/2.0\r\n";
    out += "Call-ID: " + std::to_string(ids & 7U) +
           "\r\nFrom: <sip:a@x>;tag=" + std::to_string(ids >> 3 & 1U) + "\r\nTo: <sip:b@x>";
    if ((ids & 0x10U) != 0) out += ";tag=" + std::to_string(ids >> 5 & 1U);
    out += "\r\nCSeq: " + std::to_string(1 + (ids >> 6)) + " " + method + "\r\n";
    if ((body & 1U) == 0) return out + "\r\n";
    const std::string sdp = "v=0\r\nc=IN IP4 10.0.0." + std::to_string(1 + (body >> 1 & 3U)) +
                            "\r\nm=audio " + std::to_string(4000 + (body >> 3 & 7U)) +
                            " RTP/AVP 0\r\n" + ((body & 0x40U) != 0 ? "a=sendonly\r\n" : "");
    return out + "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(sdp.size()) +
           "\r\n\r\n" + sdp;
  }

  void say(const std::string& message, std::size_t wire_len, std::uint8_t ends) {
    const std::vector<std::uint8_t> exact(message.begin(), message.end());
    call::SipEvent event;
    const call::SipDatagram datagram{ByteView(exact),      wire_len, socket_of(ends),
                                     socket_of(ends >> 4), now_ns_,  {0, ++frame_}};
    if (!call::read_sip_event(datagram, event)) return;
    require(event.media_count <= call::SipEvent::kMostMedia && event.call_id != 0);
    const call::SipCall call = book_.note(event);
    require(book_.live() <= kCapacity);
    if (call == 0) return;
    const SipDialog* dialog = book_.find(call);
    require(dialog != nullptr && dialog->id == call);
    check(*dialog);
    require(book_.by_call_id(event.call_id) == dialog);
    for (std::size_t i = 0; i < event.media_count; ++i)
      if (const SipDialog* other = book_.by_media(event.media[i].at, now_ns_)) check(*other);
    if ((ends & 0x80U) != 0) book_.touch(call, now_ns_);
  }

  void expire() {
    std::vector<SipDialog> ended;
    book_.expire(now_ns_, ended);
    for (const SipDialog& dialog : ended) {
      check(dialog);
      require(ended_.insert(dialog.id).second && book_.find(dialog.id) == nullptr);
    }
  }

  void check(const SipDialog& dialog) const {
    require(dialog.id != 0 && dialog.leg_count >= 1 && dialog.leg_count <= SipDialog::kMostLegs);
    require(dialog.media().size() <= SipDialog::kMostSockets);
    require(dialog.hold_count <= SipDialog::kMostHolds);
    require(dialog.first_ns <= dialog.last_ns && dialog.frame_first.valid());
    const call::SipOutcome outcome = call::outcome_of(dialog, now_ns_);
    if (outcome == call::SipOutcome::failed) require(dialog.final_status >= 300);
    if (outcome == call::SipOutcome::answered) require(dialog.answered());
  }

  ByteReader reader_;
  SipDialogs book_{7, kCapacity};
  std::set<call::SipCall> ended_;
  std::int64_t now_ns_ = 1'700'000'000'000'000'000;
  std::uint64_t frame_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(ByteView(data, size));
  while (script.step()) {
  }
  script.finish();
  return 0;
}
