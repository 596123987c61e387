// Writes calls through relays, with STUN and RTP, among TCP chats.
#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <vector>

#include "bytes_out.hpp"
#include "frame.hpp"
#include "recipes.hpp"
#include "tls_chat.hpp"

namespace deadair::bench {
namespace {

constexpr std::uint64_t kSeed = 0x7019;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBeginWithinUs = 3'760'000;
constexpr std::int64_t kFrameTimeUs = 20'000;
constexpr std::int64_t kJitterUs = 3'000;
constexpr std::uint32_t kStunEvery = 500;
constexpr std::uint32_t kMagicCookie = 0x2112a442;

constexpr std::array<std::uint32_t, 4> kRelayNets{ipv4(31, 13, 64, 0), ipv4(157, 240, 201, 0),
                                                  ipv4(13, 107, 64, 0), ipv4(185, 60, 216, 0)};

Endpoint caller_of(std::uint32_t call) {
  const auto port = static_cast<std::uint16_t>(40000 + splitmix64(kSeed ^ call) % 20000);
  return {ipv4(10, 2, 0, 1) + call, port};
}

Endpoint relay_of(std::uint32_t call) {
  const std::uint32_t host = 1 + static_cast<std::uint32_t>(splitmix64(kSeed + call) % 254);
  return {kRelayNets[call % kRelayNets.size()] + host, 3478};
}

// Binding requests and success responses (RFC 8489); both have one attribute of 8 bytes.
void make_stun(BytesOut& out, std::uint32_t call, std::uint32_t number, bool response) {
  out.clear();
  out.u16(response ? 0x0101 : 0x0001);
  out.u16(12);
  out.u32(kMagicCookie);
  Random transaction(splitmix64(call) ^ number);
  out.random(transaction, 12);
  if (response) {
    const Endpoint caller = caller_of(call);
    out.u32(0x00200008);  // XOR-MAPPED-ADDRESS
    out.u16(0x0001);
    out.u16(caller.port ^ (kMagicCookie >> 16));
    out.u32(caller.address ^ kMagicCookie);
  } else {
    out.u32(0x80220008);  // SOFTWARE
    out.text("benchgen");
  }
}

struct Event {
  std::int64_t time_us;
  std::uint32_t stream;  // call i has stream i, its chat stream calls + i
  std::uint32_t step;

  bool operator>(const Event& other) const {
    return time_us != other.time_us ? time_us > other.time_us : stream > other.stream;
  }
};

class Voip {
 public:
  Voip(PcapWriter& writer, std::uint32_t calls, std::uint32_t seconds)
      : writer_(writer), calls_(calls), end_us_(seconds * kSecond), random_(kSeed) {
    for (std::uint32_t call = 0; call < calls; call++) {
      queue_.push({start_of(call), call, 0});
      queue_.push({start_of(call), calls + call, 0});
      Endpoint client = caller_of(call);
      client.port = static_cast<std::uint16_t>(client.port ^ 1);
      chats_.emplace_back(client, Endpoint{ipv4(157, 240, 0, 0) + call % 256, 443}, kSeed + call);
    }
  }

  void write() {
    while (!queue_.empty()) {
      const Event event = queue_.top();
      queue_.pop();
      if (event.stream < calls_) {
        call_packet(event);
      } else {
        chat_packet(event);
      }
    }
  }

 private:
  [[nodiscard]] std::int64_t start_of(std::uint32_t call) const {
    return kBeginWithinUs * call / calls_;
  }

  // Even steps go up, odd ones down.
  void call_packet(const Event& event) {
    const bool is_up = event.step % 2 == 0;
    const bool is_stun = event.step < 2 || event.step % kStunEvery == 0;
    if (is_stun) {
      make_stun(payload_, event.stream, event.step / 2, !is_up);
    } else {
      make_rtp(event);
    }
    const Endpoint caller = caller_of(event.stream);
    const Endpoint relay = relay_of(event.stream);
    writer_.write(event.time_us, is_up ? frames_.udp(caller, relay, payload_.view())
                                       : frames_.udp(relay, caller, payload_.view()));
    const std::uint32_t step = event.step + 1;
    const std::int64_t time_us = start_of(event.stream) + step / 2 * kFrameTimeUs +
                                 step % 2 * (kFrameTimeUs / 2) + random_.below(kJitterUs);
    if (time_us < end_us_) queue_.push({time_us, event.stream, step});
  }

  // RFC 3550: Opus (dynamic payload type 111), 48 kHz clock.
  void make_rtp(const Event& event) {
    payload_.clear();
    payload_.u16(0x8000 | 111);
    payload_.u16(event.step / 2);
    payload_.u32(event.step / 2 * 960);
    payload_.u32(static_cast<std::uint32_t>(splitmix64(event.stream * 2 + event.step % 2)));
    payload_.random(random_, random_.between(60, 200));
  }

  void chat_packet(const Event& event) {
    TlsChat& chat = chats_[event.stream - calls_];
    writer_.write(event.time_us, chat.packet(event.step, frames_));
    const std::uint32_t step = event.step + 1;
    if (step == TlsChat::kSteps) return;
    const bool new_message = step >= TlsChat::kSetUpSteps && (step - TlsChat::kSetUpSteps) % 4 == 0;
    const std::int64_t delay_us =
        new_message ? random_.between(2'000'000, 5'000'000) : random_.between(5'000, 60'000);
    queue_.push({event.time_us + delay_us, event.stream, step});
  }

  PcapWriter& writer_;
  std::uint32_t calls_;
  std::int64_t end_us_;
  Random random_;
  FrameBuilder frames_;
  BytesOut payload_;
  std::vector<TlsChat> chats_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
};

}  // namespace

std::uint64_t write_voip(PcapWriter& writer, std::uint32_t calls, std::uint32_t seconds) {
  Voip(writer, calls, seconds).write();
  return std::uint64_t{2} * calls;
}

}  // namespace deadair::bench
