// Makes TCP flows packet by packet, as the detectors of resets get them.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "interference/resets.hpp"

namespace deadair::test {

using interference::PacketMark;
using interference::Sender;
using interference::TcpStory;

inline constexpr std::int64_t kMillisecond = 1'000'000;

// Letters as Wireshark's: S A P F R, and N for the lowest reserved bit (AE, once NS).
inline std::uint16_t flags_of(std::string_view letters) {
  std::uint16_t flags = 0;
  for (const char letter : letters) {
    if (letter == 'F') flags |= 0x001;
    if (letter == 'S') flags |= 0x002;
    if (letter == 'R') flags |= 0x004;
    if (letter == 'P') flags |= 0x008;
    if (letter == 'A') flags |= 0x010;
    if (letter == 'N') flags |= 0x100;
  }
  return flags;
}

// What one end puts into its headers.
struct End {
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 1000;  // of the next packet; counts up
  std::uint16_t window = 501;
  std::uint32_t next = 1000;  // sequence number
  bool timestamps = false;
};

class Flow {
 public:
  End client{64, 1000, 501, 1000};
  End server{52, 20000, 250, 9'000'000};

  Flow& wait(std::int64_t ms) {
    now_ns_ += ms * kMillisecond;
    return *this;
  }
  // A packet with numbers as they should be, 1 ms after the one before. RSTs take up nothing.
  PacketMark& from(Sender sender, std::string_view letters, std::uint32_t len = 0) {
    now_ns_ += kMillisecond;
    End& own = sender == Sender::client ? client : server;
    const End& peer = sender == Sender::client ? server : client;
    PacketMark mark;
    mark.flags = flags_of(letters);
    mark.frame = {0, marks_.size() + 1};
    mark.ts_ns = now_ns_;
    mark.from_client = sender == Sender::client;
    mark.ttl = own.ttl;
    mark.ip_id = own.ip_id++;
    mark.window = own.window;
    mark.dont_fragment = true;
    mark.payload_len = len;
    mark.seq = own.next;
    mark.ack = mark.acks() ? peer.next : 0;
    if (mark.syn()) mark.options_len = 20;
    if (own.timestamps) {
      mark.has_timestamp = true;
      mark.ts_value = static_cast<std::uint32_t>(now_ns_ / kMillisecond);
    }
    if (!mark.rst()) own.next = mark.seq_end();
    marks_.push_back(mark);
    return marks_.back();
  }
  PacketMark& up(std::string_view letters, std::uint32_t len = 0) {
    return from(Sender::client, letters, len);
  }
  PacketMark& down(std::string_view letters, std::uint32_t len = 0) {
    return from(Sender::server, letters, len);
  }
  Flow& handshake() {
    up("S");
    wait(40).down("SA");
    up("A");
    return *this;
  }
  // Handshake and the client's first data.
  Flow& hello(std::uint32_t len = 517) {
    handshake().up("PA", len);
    return *this;
  }
  // The last packet is the trigger.
  Flow& trigger(interference::TriggerType type = interference::TriggerType::tls_sni,
                bool watched = true) {
    const PacketMark& mark = marks_.back();
    trigger_ =
        interference::Trigger{type, "web.example", watched, mark.frame, mark.ts_ns, mark.seq};
    return *this;
  }

  // Valid until the next packet.
  [[nodiscard]] TcpStory story() const {
    TcpStory story;
    story.client = IpAddress::v4(0xc0a8'0102);
    story.server = IpAddress::v4(0xcb00'7105);
    story.client_port = 50'000;
    story.server_port = 443;
    story.packets = marks_;
    story.trigger = trigger_;
    story.rtt_ns = 40 * kMillisecond;
    for (const PacketMark& mark : marks_) note(story.habits[mark.from_client ? 0 : 1], mark);
    return story;
  }
  [[nodiscard]] std::vector<PacketMark>& marks() { return marks_; }

 private:
  // The habit is learnt from packets, so one is made of each mark.
  static void note(flow::HeaderHabit& habit, const PacketMark& mark) {
    std::array<std::uint8_t, 12> options{1, 1, 8, 10};
    for (unsigned i = 0; i < 4; ++i)
      options[4 + i] = static_cast<std::uint8_t>(mark.ts_value >> (24 - 8 * i));
    wire::Packet packet;
    packet.ttl = mark.ttl;
    packet.ip_id = mark.ip_id;
    packet.tcp_flags = static_cast<std::uint8_t>(mark.flags & 0xff);
    packet.ts_ns = mark.ts_ns;
    if (mark.has_timestamp) packet.tcp_options = {options.data(), options.size()};
    habit.add(packet);
  }

  std::int64_t now_ns_ = 1'600'000'000'000'000'000;
  std::vector<PacketMark> marks_;
  std::optional<interference::Trigger> trigger_;
};

// All findings of one flow, which is the whole run.
inline std::vector<interference::Finding> findings_of(const TcpStory& story,
                                                      const interference::Context& context = {}) {
  interference::FingerprintLedger ledger;
  for (const interference::TearDown& event : interference::tear_downs_of(story))
    ledger.note(story, event);
  return interference::judge_resets(story, context, ledger);
}

inline const interference::Finding* find(const std::vector<interference::Finding>& findings,
                                         std::string_view id) {
  for (const interference::Finding& finding : findings)
    if (finding.id == id) return &finding;
  return nullptr;
}

inline const interference::Item* item(const interference::Finding& finding, std::string_view name) {
  for (const interference::Item& each : finding.items)
    if (each.name == name) return &each;
  return nullptr;
}

// "excluded", "open", or "" when the finding does not speak of it.
inline std::string_view status(const interference::Finding& finding, std::string_view name) {
  for (const interference::Alternative& known : finding.alternatives)
    if (known.name == name) return known.excluded ? "excluded" : "open";
  return "";
}

}  // namespace deadair::test
