// A middlebox without interfaces: frames made octet by octet go in, decoded frames come out.
#pragma once

#include <string>
#include <vector>

#include "engine.hpp"
#include "truth.hpp"
#include "unit/proto/hex.hpp"
#include "wire/decoder.hpp"

namespace deadair::test {

namespace mb = deadair::middlebox;
namespace flag = deadair::wire::tcp_flag;

inline Bytes be(std::uint64_t value, std::size_t width) {
  Bytes out;
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  return out;
}

// RFC 1071 as its section 4.1 has it; 0 for bytes that hold a right checksum.
inline unsigned ones_complement(const Bytes& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] << 8U : bytes[i];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

// Whether the IP header's and the transport's checksums are right.
inline bool checksums_hold(const Bytes& frame) {
  const Bytes ip(frame.begin() + 14, frame.end());
  const bool v4 = ip[0] >> 4 == 4;
  const auto part = [&](std::size_t from, std::size_t to) {
    return Bytes(ip.begin() + static_cast<long>(from), ip.begin() + static_cast<long>(to));
  };
  const Bytes body = part(v4 ? 20 : 40, ip.size());
  const unsigned proto = v4 ? ip[9] : ip[6];
  const Bytes addresses = v4 ? part(12, 20) : part(8, 40);
  const Bytes pseudo = proto == 1 ? Bytes{} : addresses + be(proto, 4) + be(body.size(), 4);
  return (!v4 || ones_complement(part(0, 20)) == 0) && ones_complement(pseudo + body) == 0;
}

struct Segment {
  std::uint8_t flags = flag::kAck;
  std::uint32_t seq = 0, ack = 0;
  Bytes payload = {};
  std::uint8_t ttl = 64;
  std::uint16_t ip_id = 100;
  std::uint16_t window = 500;
};

// Frames between client 192.168.77.2 and server 198.18.0.1, or 2001:db8::2 and ::1.
struct Ends {
  bool v4 = true;
  std::uint16_t client_port = 40'000;
  std::uint16_t server_port = 80;

  [[nodiscard]] mb::Frame tcp(mb::Way way, const Segment& s) const {
    const Bytes header = ports(way) + be(s.seq, 4) + be(s.ack, 4) + Bytes{0x50, s.flags} +
                         be(s.window, 2) + be(0, 4);
    return frame(way, 6, header + s.payload, s.ttl, s.ip_id);
  }
  [[nodiscard]] mb::Frame udp(mb::Way way, const Bytes& payload, std::uint8_t ttl = 64,
                              std::uint16_t ip_id = 100) const {
    return frame(way, 17, ports(way) + be(8 + payload.size(), 2) + be(0, 2) + payload, ttl, ip_id);
  }

 private:
  [[nodiscard]] Bytes ports(mb::Way way) const {
    return way == mb::Way::up ? be(client_port, 2) + be(server_port, 2)
                              : be(server_port, 2) + be(client_port, 2);
  }
  [[nodiscard]] mb::Frame frame(mb::Way way, std::uint8_t proto, const Bytes& body,
                                std::uint8_t ttl, std::uint16_t ip_id) const {
    const bool up = way == mb::Way::up;
    const Bytes client = v4 ? hex("c0a84d02") : hex("20010db8000000000000000000000002");
    const Bytes server = v4 ? hex("c6120001") : hex("20010db8000000000000000000000001");
    const Bytes addresses = up ? client + server : server + client;
    Bytes ip = v4 ? hex("4500") + be(20 + body.size(), 2) + be(ip_id, 2) + hex("4000") +
                        Bytes{ttl, proto} + be(0, 2) + addresses
                  : hex("60000000") + be(body.size(), 2) + Bytes{proto, ttl} + addresses;
    if (v4) {
      const Bytes sum = be(ones_complement(ip), 2);
      std::copy(sum.begin(), sum.end(), ip.begin() + 10);
    }
    const Bytes link = (up ? hex("0200000000bb0200000000aa") : hex("0200000000aa0200000000bb")) +
                       (v4 ? hex("0800") : hex("86dd"));
    return {link + ip + body, {}};
  }
};

// What left the box, and when.
struct Sent {
  double ms = 0;
  mb::Way way = mb::Way::up;
  Bytes bytes;

  [[nodiscard]] wire::Packet packet() const {
    wire::Decoder decoder;
    wire::Packet out;
    wire::RawPacket raw;
    raw.bytes = view(bytes);
    raw.wire_len = static_cast<std::uint32_t>(bytes.size());
    raw.link = 1;
    return decoder.decode(raw, out) == wire::Undecoded::none ? out : wire::Packet{};
  }
  [[nodiscard]] std::string text() const { return std::string(packet().payload.text()); }
};

class Scene {
 public:
  explicit Scene(const std::string& config, std::uint64_t seed = 1)
      : engine_(mb::read_config(mb::Json::parse(config), seed), [this](const mb::FlowState& flow) {
          mb::Truth(truth_, 0).write(engine_.rules(), flow);
        }) {}

  void put(double ms, mb::Way way, const mb::Frame& frame) {
    run_until(ms);
    engine_.arrive(frame, way, ns(ms));
    run_until(ms);
  }
  void up(double ms, const mb::Frame& frame) { put(ms, mb::Way::up, frame); }
  void down(double ms, const mb::Frame& frame) { put(ms, mb::Way::down, frame); }

  // Everything that left so far and in the following day; forgets it.
  std::vector<Sent> take() {
    run_until(86'400'000);
    return std::move(sent_);
  }
  std::vector<Sent> take(mb::Way way) {
    std::vector<Sent> all = take();
    std::erase_if(all, [&](const Sent& sent) { return sent.way != way; });
    return all;
  }
  // The lines written when all flows end.
  std::vector<mb::Json> truth() {
    engine_.finish();
    std::vector<mb::Json> lines;
    for (std::string line; std::getline(truth_, line);) lines.push_back(mb::Json::parse(line));
    return lines;
  }

 private:
  static std::int64_t ns(double ms) { return static_cast<std::int64_t>(ms * 1e6); }
  void run_until(double ms) {
    while (engine_.next_ns() >= 0 && engine_.next_ns() <= ns(ms)) {
      const std::int64_t at_ns = engine_.next_ns();
      engine_.run(at_ns, [&](const mb::Departure& departure) {
        sent_.push_back({static_cast<double>(at_ns) / 1e6, departure.way, departure.frame.bytes});
      });
    }
  }

  std::stringstream truth_;
  std::vector<Sent> sent_;
  mb::Engine engine_;
};

// A config of one rule.
inline std::string one_rule(const std::string& action, const std::string& match = "{}",
                            const std::string& more = "") {
  return R"({"rules":[{"name":"r","match":)" + match + R"(,"action":)" + action + more + "}]}";
}

inline Bytes request_of(const std::string& host) {
  return ascii("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
}

// A handshake from client 1000 and server 5000 (TTL 57, IP ID 900, window 700), then a request that
// begins at 1001 and acknowledges 5001.
inline void handshake(Scene& scene, const Ends& ends, double ms = 0) {
  scene.up(ms, ends.tcp(mb::Way::up, {flag::kSyn, 1000, 0, {}, 64, 10}));
  scene.down(ms, ends.tcp(mb::Way::down, {flag::kSyn | flag::kAck, 5000, 1001, {}, 57, 900, 700}));
  scene.up(ms, ends.tcp(mb::Way::up, {flag::kAck, 1001, 5001, {}, 64, 11}));
}
inline mb::Frame request(const Ends& ends, const std::string& host) {
  return ends.tcp(mb::Way::up, {flag::kPsh | flag::kAck, 1001, 5001, request_of(host), 64, 12});
}

}  // namespace deadair::test
