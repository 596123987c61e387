// Traffic made by hand, small applications to recognise it, and an engine with the flows it is
// shown.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "classify/engine.hpp"
#include "unit/proto/hex.hpp"

namespace deadair::test {

constexpr std::int64_t kSecond = 1'000'000'000;

inline IpAddress address(std::string_view text) {
  IpAddress out;
  parse_ip_address(text, out);
  return out;
}

// RFC 8446 section 4.1.2 with one cipher suite and a server name (RFC 6066 section 3).
inline Bytes client_hello(std::string_view name, const Bytes& more_extensions = {}) {
  const Bytes entry = Bytes{0} + counted(2, ascii(name));
  const Bytes sni = hex("0000") + counted(2, counted(2, entry));
  const Bytes body = hex("0303") + Bytes(32, 0x42) + Bytes{0} + hex("0002 1301 01 00") +
                     counted(2, sni + more_extensions);
  return hex("16 0301") + counted(2, Bytes{1} + counted(3, body));
}

inline Bytes http_request(std::string_view host) {
  return ascii("GET / HTTP/1.1\r\nHost: ") + ascii(host) + ascii("\r\n\r\n");
}

inline Bytes dns_name(std::string_view name) {
  Bytes out;
  while (!name.empty()) {
    const std::size_t dot = name.find('.');
    out = out + counted(1, ascii(name.substr(0, dot)));
    name = dot == std::string_view::npos ? "" : name.substr(dot + 1);
  }
  return out + Bytes{0};
}

// RFC 1035: the question, and for an answer the A records of `addresses`.
inline Bytes dns_query(std::string_view name) {
  return hex("1234 0100 0001 0000 0000 0000") + dns_name(name) + hex("0001 0001");
}
inline Bytes dns_answer(std::string_view name, const std::vector<std::string>& addresses) {
  Bytes out = hex("1234 8180 0001 00") + Bytes{static_cast<std::uint8_t>(addresses.size())} +
              hex("0000 0000") + dns_name(name) + hex("0001 0001");
  for (const std::string& text : addresses) {
    const std::uint32_t v4 = address(text).v4();
    out = out + hex("c00c 0001 0001 0000012c 0004") +
          Bytes{static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)};
  }
  return out;
}

inline Bytes rtp(unsigned sequence, std::size_t size = 160) {
  return hex("8000") +
         Bytes{static_cast<std::uint8_t>(sequence >> 8), static_cast<std::uint8_t>(sequence)} +
         hex("00001000 11223344") + Bytes(size, 0x5a);
}

// An application whose parts a test fills in before the engine is made.
class FakeApp final : public classify::Classifier {
 public:
  using Ask = std::function<classify::Answer(ByteView, classify::Claims&)>;

  explicit FakeApp(std::string_view name) : name_(name), version_(std::string(name) + " 1.0") {}

  // The name rule of "chat.<name>.test" and everything below <name>.test.
  FakeApp& with_names() {
    suffix_ = name_ + ".test";
    names_ = {{suffix_, "", classify::Service::web, &name_signal},
              {suffix_, "chat", classify::Service::text, &name_signal}};
    return *this;
  }
  FakeApp& with_network(std::string_view cidr) {
    networks_.push_back({cidr, "2026-01-01", "made up"});
    return *this;
  }
  FakeApp& open_between(std::int64_t opened_s, std::int64_t closed_s) {
    opened_s_ = opened_s;
    closed_s_ = closed_s;
    return *this;
  }
  // Claims a call for payloads that begin with `magic`.
  FakeApp& with_magic(std::string_view magic, bool certain) {
    ask = [this, magic, certain](ByteView payload, classify::Claims& claims) {
      ++asked;
      if (!payload.starts_with(magic)) return classify::Answer::unsure;
      claims.add({&bytes_signal, classify::Service::call, classify::Role::relay, certain, {}});
      return certain ? classify::Answer::certain : classify::Answer::unsure;
    };
    return *this;
  }

  [[nodiscard]] const classify::Info& info() const override {
    info_.name = name_;
    info_.version = version_;
    info_.names = names_;
    info_.networks = networks_;
    info_.opened_s = opened_s_;
    info_.closed_s = closed_s_;
    info_.dns_signal = &dns_signal;
    info_.network_signal = &network_signal;
    info_.peer_signal = &peer_signal;
    return info_;
  }
  classify::Answer on_datagram(const classify::FlowFacts& facts, const classify::Datagram& datagram,
                               classify::Claims& claims) const override {
    last_facts = facts;
    last_direction = datagram.direction;
    return ask ? ask(datagram.payload, claims) : classify::Answer::not_for_us;
  }
  classify::Answer on_stream(const classify::FlowFacts& facts, const classify::StreamHead& head,
                             classify::Claims& claims) const override {
    last_facts = facts;
    last_direction = head.grew;
    last_from_start = head.from_start;
    last_up.assign(head.up.text());
    last_down.assign(head.down.text());
    return ask ? ask(head.up, claims) : classify::Answer::not_for_us;
  }

  Ask ask;
  mutable int asked = 0;
  mutable classify::FlowFacts last_facts;
  mutable classify::Direction last_direction = classify::Direction::up;
  mutable bool last_from_start = false;
  mutable std::string last_up, last_down;
  classify::SignalInfo bytes_signal{"BYTES", classify::Rank::bytes, ""};
  classify::SignalInfo name_signal{"NAME", classify::Rank::name, ""};
  classify::SignalInfo dns_signal{"DNS", classify::Rank::name, ""};
  classify::SignalInfo network_signal{"NET", classify::Rank::prefix, ""};
  classify::SignalInfo peer_signal{"PEER", classify::Rank::behaviour, ""};

 private:
  std::string name_, version_, suffix_;
  std::vector<classify::NameRule> names_;
  std::vector<classify::NetworkRule> networks_;
  std::int64_t opened_s_ = 0, closed_s_ = 0;
  mutable classify::Info info_;
};

// Packets of one 5-tuple.
struct Talk {
  std::string client = "10.0.0.5";
  std::uint16_t client_port = 40000;
  std::string server = "8.8.4.4";
  std::uint16_t server_port = 443;
  std::uint8_t proto = wire::ip_proto::kUdp;
  flow::FlowRecord record = {};
  flow::TcpTrack track = {};
  flow::FlowKey key = {};
  bool begun = false;
};

// `payload` must outlive the packet.
inline wire::Packet packet_of(const Talk& talk, bool up, const Bytes& payload) {
  wire::Packet packet;
  packet.src = address(up ? talk.client : talk.server);
  packet.dst = address(up ? talk.server : talk.client);
  packet.src_port = up ? talk.client_port : talk.server_port;
  packet.dst_port = up ? talk.server_port : talk.client_port;
  packet.proto = talk.proto;
  packet.ip_version = packet.src.is_v4() ? 4 : 6;
  packet.payload = view(payload);
  packet.payload_len = static_cast<std::uint32_t>(payload.size());
  return packet;
}

// What decide() said, with texts that outlive the flow.
struct Verdict {
  std::string app, host, rules;
  classify::Service service = classify::Service::other;
  classify::Role role = classify::Role::none;
  classify::Confidence confidence = classify::Confidence::guess;
  std::uint8_t media = 0;
  bool ech = false;
  std::vector<std::pair<std::string, std::uint64_t>> signals;  // id, frame number
};

class Bench {
 public:
  explicit Bench(std::initializer_list<const FakeApp*> apps,
                 const std::vector<std::string>& public_nets = {},
                 classify::InspectionBudget budget = {}, classify::CallWatch* calls = nullptr)
      : apps_(apps.begin(), apps.end()),
        engine(std::span<const classify::Classifier* const>(apps_), false, prefixes(public_nets),
               budget, calls) {}

  // Shows a packet to the engine; true when the flow has just turned out to carry media.
  bool send(Talk& talk, bool up, const Bytes& payload, std::uint32_t seq = 1000,
            std::uint8_t flags = wire::tcp_flag::kAck) {
    wire::Packet packet = packet_of(talk, up, payload);
    packet.seq = seq;
    packet.tcp_flags = flags;
    packet.ts_ns = now_ns;
    packet.frame = {0, ++frame};
    const flow::Keyed keyed = flow::key_of(packet);
    begin(talk, keyed, packet);
    talk.record.ts_last_ns = now_ns;
    if (!classify::Engine::wants(talk.record)) return false;
    return engine.on_payload(talk.record, keyed, packet,
                             talk.proto == wire::ip_proto::kTcp ? &talk.track : nullptr);
  }
  // Says that the handshake was seen, so that both streams begin at 1000.
  static void saw_handshake(Talk& talk) {
    for (flow::TcpDirection& direction : talk.track.directions) {
      direction.start_known = true;
      direction.first_seq = 1000;
    }
  }
  void close(Talk& talk) { engine.close(talk.record, talk.key); }
  Verdict decide(Talk& talk) {
    const classify::Decision decision = engine.decide(talk.record, talk.key);
    Verdict out{std::string(decision.app),
                std::string(decision.host),
                std::string(decision.rules),
                decision.service,
                decision.role,
                decision.confidence,
                decision.media,
                decision.ech,
                {}};
    for (std::size_t i = 0; i < decision.signal_count; ++i)
      out.signals.emplace_back(decision.signals[i].id, decision.signals[i].frame.number());
    engine.forget(talk.record);
    return out;
  }
  Verdict end(Talk& talk) {
    close(talk);
    return decide(talk);
  }

 private:
  static std::vector<IpPrefix> prefixes(const std::vector<std::string>& texts) {
    std::vector<IpPrefix> out(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) parse_ip_prefix(texts[i], out[i]);
    return out;
  }
  void begin(Talk& talk, const flow::Keyed& keyed, const wire::Packet& packet) {
    if (talk.begun) return;
    talk.begun = true;
    talk.key = keyed.key;
    talk.record.proto = talk.proto;
    talk.record.ts_first_ns = packet.ts_ns;
    talk.record.frame_first = packet.frame;
    talk.record.client_is_b = keyed.from == flow::Side::b;
    if (talk.proto == wire::ip_proto::kTcp) talk.record.tracker = 0;  // as the flow stage would
  }

  std::vector<const classify::Classifier*> apps_;

 public:
  classify::Engine engine;
  std::int64_t now_ns = std::int64_t{1'700'000'000} * kSecond;
  std::uint64_t frame = 0;
};

inline Talk tcp_talk(std::string_view server = "8.8.4.4", std::uint16_t client_port = 40000) {
  Talk talk;
  talk.server = server;
  talk.client_port = client_port;
  talk.proto = wire::ip_proto::kTcp;
  return talk;
}

inline Talk udp_talk(std::string_view server = "8.8.4.4", std::uint16_t client_port = 40000,
                     std::uint16_t server_port = 3478) {
  Talk talk;
  talk.server = server;
  talk.client_port = client_port;
  talk.server_port = server_port;
  return talk;
}

}  // namespace deadair::test
