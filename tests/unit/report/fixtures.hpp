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

}  // namespace deadair::report::test
