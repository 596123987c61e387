// What the tests of this folder share: named inputs, a file to write to, invented records.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include <unistd.h>

#include "report/output.hpp"
#include "report/records.hpp"

namespace deadair::report::test {

class Names final : public InputNames {
 public:
  [[nodiscard]] std::string_view name(std::uint32_t input) const override {
    return input == 0 ? "a.pcap" : "b.pcap";
  }
};

// An Output whose bytes can be read back; the file goes with the object.
class Recorded {
 public:
  Recorded() : path_("/tmp/deadair-report-XXXXXX"), descriptor_(::mkstemp(path_.data())) {
    output_ = std::make_unique<Output>(path_);
  }
  ~Recorded() {
    ::close(descriptor_);
    ::unlink(path_.c_str());
  }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;

  Output& output() { return *output_; }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
  int descriptor_;
  std::unique_ptr<Output> output_;
};

inline constexpr std::int64_t kStart = 1'494'576'631'123'456'000;  // 2017-05-12T08:10:31.123456Z

// An unknown UDP flow of one packet.
inline Flow plain_flow() {
  Flow flow;
  flow.community_id = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";
  flow.ts_first_ns = kStart;
  flow.ts_last_ns = kStart;
  flow.frame_first = {0, 7};
  flow.frame_last = {0, 7};
  flow.proto = 17;
  flow.has_ports = true;
  flow.client_ip = IpAddress::v4(0x0a000005);
  flow.server_ip = IpAddress::v4(0xc6336402);
  flow.client_port = 40000;
  flow.server_port = 53;
  flow.packets_up = 1;
  flow.bytes_up = 60;
  flow.app = "unknown";
  return flow;
}

// The same, decided as an application's.
inline Flow known_flow(std::string_view app, Service service, std::uint64_t bytes) {
  Flow flow = plain_flow();
  flow.app = app;
  flow.service = service;
  flow.confidence = Confidence::likely;
  flow.rules = "rules 1.0";
  flow.bytes_down = bytes;
  return flow;
}

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kEvening = 1'494'620'200 * kSecond;  // 2017-05-12T20:16:40Z

// A call of which nothing but its socket and its extent of 15 s is known.
inline Call plain_call(std::uint64_t number, std::string_view app) {
  Call call;
  call.number = number;
  call.app = app;
  call.client_ip = IpAddress::v4(0xc0a80114);
  call.client_port = 51518;
  call.ts_start_ns = kEvening;
  call.ts_end_ns = kEvening + 15 * kSecond;
  call.frame_start = {0, 12};
  return call;
}

inline constexpr CallTarget kRelay = {IpAddress::v4(0x1f0d5630), 3478, 7, 7};
inline constexpr CallTarget kSilentRelay = {IpAddress::v4(0x1f0d5631), 3478, 7, 0};
inline constexpr CallTarget kPeer = {IpAddress::v4(0xc6336441), 9344, 5, 4};

// A voice call of 192 s: 2 s of set-up, 6 s of ringing, 184 s of talk.
inline Call good_call(std::uint64_t number, std::string_view app) {
  Call call = plain_call(number, app);
  call.ts_media_ns = kEvening + 8 * kSecond;
  call.ts_end_ns = kEvening + 192 * kSecond;
  call.media = media::kVoice;
  call.outcome = CallOutcome::connected;
  call.setup_ns = 8 * kSecond;
  call.ring_ns = 6 * kSecond;
  call.talk_ns = 184 * kSecond;
  call.up.packets = 9'200;
  call.up.loss = 0.0021;
  call.up.jitter_ms = 3.25;
  call.up.mos = 4.25;
  call.up.kbps = 31.2;
  call.down.packets = 9'100;
  call.down.loss = 0.125;
  call.down.jitter_ms = 12;
  call.down.mos = 2.875;
  call.down.kbps = 29;
  return call;
}

// Relays of WhatsApp that did not answer in call 1.
inline Finding plain_finding(Level level) {
  Finding finding;
  finding.id = "DROP.STUN.RELAY";
  finding.level = level;
  finding.app = "whatsapp";
  finding.call = 1;
  finding.frames = {{0, 12}, {0, 13}, {0, 14}, {0, 20}};
  finding.rules = "drops 1.0";
  finding.text = "8 relays were asked 3 times each and none answered.";
  return finding;
}

inline Verdict plain_verdict(std::string_view app, Service service, VerdictOutcome outcome) {
  Verdict verdict;
  verdict.app = app;
  verdict.service = service;
  verdict.outcome = outcome;
  verdict.text = "5 of 5 attempts went as they do.";
  return verdict;
}

}  // namespace deadair::report::test
