// Answers packets with ICMP destination unreachable.
#include "actions/icmp_refusal.hpp"

namespace deadair::middlebox {
namespace {

constexpr std::uint8_t kUnreachable4 = 3, kUnreachable6 = 1;  // RFC 792, RFC 4443 section 3.1

struct Codes {
  std::uint8_t v4, v6;
};
// RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1.
constexpr std::array kCodes = {Codes{13, 1}, Codes{10, 1}, Codes{9, 1}, Codes{3, 4}};

std::optional<IpAddress> read_source(Fields& fields, const std::string& key, bool v4) {
  if (fields.find(key) == nullptr) return std::nullopt;
  IpAddress address;
  if (!parse_ip_address(fields.text(key, std::nullopt), address) || address.is_v4() != v4)
    fields.fail(key, v4 ? "must be an IPv4 address" : "must be an IPv6 address");
  return address;
}

}  // namespace

ActionPtr IcmpRefusal::from(Fields& fields) {
  constexpr double kLeastPerSecond = 0.001, kMostPerSecond = 1e6;
  auto action = std::make_unique<IcmpRefusal>();
  const std::size_t kind = fields.choice("code", {"admin", "host-admin", "net-admin", "port"}, 0);
  action->code4_ = kCodes[kind].v4;
  action->code6_ = kCodes[kind].v6;
  action->source4_ = read_source(fields, "source", true);
  action->source6_ = read_source(fields, "source6", false);
  action->drop_ = fields.flag("drop", true);
  action->interval_ns_ = static_cast<std::int64_t>(
      1e9 / fields.number("per_s", kMostPerSecond, kLeastPerSecond, kMostPerSecond));
  action->forgery_ = Forgery::from(fields);
  return action;
}

Outcome IcmpRefusal::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (transit.now_ns >= next_ns_) {
    next_ns_ = transit.now_ns + interval_ns_;
    const Bytes packet = message(transit, memory);
    injections.push_back(
        {frame_like(transit.frame, transit.headers, true, ByteView(packet)), back(transit.way), 0});
    return drop_ ? Outcome::dropped : Outcome::changed;
  }
  return drop_ ? Outcome::dropped : Outcome::untouched;
}

// As much of the packet is quoted as fits 576 bytes (RFC 1812 section 4.3.2.3); more is allowed
// over IPv6 and not needed.
Bytes IcmpRefusal::message(const Transit& transit, Memory& memory) const {
  constexpr std::size_t kMostQuoted = 528;
  const FlowSide& sender = transit.flow->side(transit.way);
  FlowSide router = transit.flow->side(back(transit.way));
  const bool v4 = transit.packet().ip_version == 4;
  const auto& source = v4 ? source4_ : source6_;
  if (source.has_value()) {
    router = {};  // a router shows no fields of the peer
    router.address = *source;
  }
  const auto header = forgery_.next(router, sender, transit.packet(), memory);
  return icmp_packet(header.ip, v4 ? kUnreachable4 : kUnreachable6, v4 ? code4_ : code6_, 0,
                     transit.packet().ip.first(kMostQuoted));
}

}  // namespace deadair::middlebox
