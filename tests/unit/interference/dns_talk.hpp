// Makes DNS packets for tests, byte by byte, and shows them to a DnsBook.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"
#include "interference/dns_answers.hpp"
#include "interference/dns_book.hpp"
#include "unit/proto/hex.hpp"

namespace deadair::test {

inline Bytes be(std::size_t width, std::uint64_t value) {
  Bytes out;
  while (width-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * width)));
  return out;
}

struct DnsTalk {
  struct Say {
    std::string_view address = "192.88.1.1";  // empty: none
    std::uint8_t ttl = 53;
    std::uint16_t ip_id = 0;
    std::uint16_t flags = 0x8180;  // with the response code
    bool opt = false;
    std::uint32_t rr_ttl = 60;
    std::string_view also = "";  // a second address
  };

  explicit DnsTalk(std::vector<IpPrefix> public_nets = {}) : book(std::move(public_nets)) {}

  interference::DnsBook book;
  std::string_view name = "watched.example";
  interference::DnsName of{"whatsapp", true};
  std::string_view client = "10.0.0.2", resolver = "198.41.0.4";
  std::uint16_t id = 100, port = 40000;
  std::uint16_t qtype = 1;
  std::uint64_t frame = 0;
  std::int64_t now_ns = 1'000'000'000'000;

  void wait_ms(std::int64_t ms) { now_ns += ms * 1'000'000; }

  static Bytes labels(std::string_view text) {
    Bytes out;
    while (!text.empty()) {
      const std::string_view label = text.substr(0, text.find('.'));
      out = out + counted(1, ascii(label));
      text.remove_prefix(std::min(text.size(), label.size() + 1));
    }
    return out + hex("00");
  }

  void ask(bool opt = false) {
    send(be(2, id) + be(2, 0x0100) + be(2, 1) + be(4, 0) + be(2, opt ? 1 : 0) + labels(name) +
             be(2, qtype) + hex("0001") + (opt ? kOpt() : Bytes{}),
         true, 64, 7);
  }
  void answer(const Say& say) {
    Bytes records;
    std::uint64_t count = 0;
    for (const std::string_view address : {say.address, say.also}) {
      IpAddress parsed;
      if (!parse_ip_address(address, parsed)) continue;
      records = records + hex("c00c") + be(2, qtype) + hex("0001") + be(4, say.rr_ttl) +
                (parsed.is_v4() ? be(2, 4) + be(4, parsed.v4())
                                : be(2, 16) + be(8, parsed.high) + be(8, parsed.low));
      ++count;
    }
    send(be(2, id) + be(2, say.flags) + be(2, 1) + be(2, count) + be(2, 0) +
             be(2, say.opt ? 1 : 0) + labels(name) + be(2, qtype) + hex("0001") + records +
             (say.opt ? kOpt() : Bytes{}),
         false, say.ttl, say.ip_id);
  }
  // A question and its answer 50 ms later, for some other name.
  void ordinary(int times, const Say& say) {
    const std::string_view kept = name;
    const interference::DnsName kept_of = of;
    of = {};
    Say one = say;
    for (int i = 0; i < times; ++i) {
      const std::string other = "site" + std::to_string(i) + ".example.org";
      name = other;
      ++id;
      ask(say.opt);
      wait_ms(50);
      one.ip_id = say.ip_id == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(say.ip_id + 8 * i);
      answer(one);
      wait_ms(20);
    }
    name = kept;
    of = kept_of;
    ++id;
  }

  std::vector<interference::Finding> judge(const interference::DnsContext& context = {}) {
    book.finish(now_ns + 20'000'000'000);
    return interference::judge_dns(book, context);
  }

 private:
  static Bytes kOpt() { return hex("00 0029 04d0 00000000 0000"); }

  void send(const Bytes& bytes, bool up, std::uint8_t ttl, std::uint16_t ip_id) {
    wire::Packet packet;
    REQUIRE(parse_ip_address(up ? client : resolver, packet.src));
    REQUIRE(parse_ip_address(up ? resolver : client, packet.dst));
    packet.src_port = up ? port : std::uint16_t{53};
    packet.dst_port = up ? std::uint16_t{53} : port;
    packet.ip_version = 4;
    packet.proto = wire::ip_proto::kUdp;
    packet.ttl = ttl;
    packet.ip_id = ip_id;
    packet.ts_ns = now_ns;
    packet.frame = wire::FrameRef(0, ++frame);
    packet.payload = view(bytes);
    packet.payload_len = static_cast<std::uint32_t>(bytes.size());
    proto::dns::Message message;
    REQUIRE(proto::dns::parse(packet.payload, bytes.size(), message) == ParseStatus::parsed);
    book.note(packet, message, of);
  }
};

inline const interference::Finding* finding_of(const std::vector<interference::Finding>& all,
                                               std::string_view id) {
  for (const interference::Finding& one : all)
    if (one.id == id) return &one;
  return nullptr;
}

inline interference::Level level_of(const std::vector<interference::Finding>& all,
                                    std::string_view id) {
  const interference::Finding* one = finding_of(all, id);
  REQUIRE(one != nullptr);
  return one->level;
}

inline bool is_open(const interference::Finding& finding, std::string_view name) {
  for (const interference::Alternative& one : finding.alternatives)
    if (one.name == name) return !one.excluded;
  return false;
}

}  // namespace deadair::test
