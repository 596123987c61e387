// Answers a DNS query in the resolver's name.
#include "actions/dns_answer.hpp"

#include "proto/dns.hpp"

namespace deadair::middlebox {
namespace {

namespace dns = proto::dns;

constexpr std::size_t kHeaderSize = 12;

std::optional<IpAddress> read_address(Fields& fields, const std::string& key, bool v4) {
  if (fields.find(key) == nullptr) return std::nullopt;
  IpAddress address;
  if (!parse_ip_address(fields.text(key, std::nullopt), address) || address.is_v4() != v4)
    fields.fail(key, v4 ? "must be an IPv4 address" : "must be an IPv6 address");
  return address;
}

// The first question of a query: name, type and class.
ByteView question_of(ByteView query) {
  dns::Name name;
  const std::size_t end = dns::read_name(query, kHeaderSize, name);
  return end == 0 ? ByteView{} : query.sub(kHeaderSize, end + 4 - kHeaderSize);
}

void add_address(BytesOut& out, const IpAddress& address) {
  if (address.is_v4()) {
    out.be16(4).be32(address.v4());
  } else {
    out.be16(16).be64(address.high).be64(address.low);
  }
}

}  // namespace

ActionPtr DnsAnswer::from(Fields& fields) {
  auto action = std::make_unique<DnsAnswer>();
  action->address_ = read_address(fields, "address", true);
  action->address6_ = read_address(fields, "address6", false);
  action->nxdomain_ = fields.flag("nxdomain", false);
  action->drop_ = fields.flag("drop", false);
  action->record_ttl_ = static_cast<std::uint32_t>(fields.integer("record_ttl", 300, 0, 1'000'000));
  action->flags_ = static_cast<std::uint16_t>(fields.integer("flags", 0x8180, 0x8000, 0xffff));
  action->delay_ns_ = fields.milliseconds("delay_ms", 0);
  action->forgery_ = Forgery::from(fields);
  if (!action->nxdomain_ && !action->address_ && !action->address6_)
    fields.fail("address", "is missing (or \"address6\", or \"nxdomain\": true)");
  return action;
}

Outcome DnsAnswer::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  if (!transit.sight.dns_query || transit.way != Way::up) return Outcome::untouched;
  const FlowSide& client = transit.flow->side(Way::up);
  const FlowSide& server = transit.flow->side(Way::down);
  const Bytes answer = answer_to(transit.packet().payload);
  const auto header = forgery_.next(server, client, transit.packet(), memory);
  const Bytes packet = udp_packet(header.ip, server.port, client.port, ByteView(answer));
  injections.push_back(
      {frame_like(transit.frame, transit.headers, true, ByteView(packet)), Way::down, delay_ns_});
  return drop_ ? Outcome::dropped : Outcome::changed;
}

// RFC 1035 section 4.1; the owner of the record is a pointer to the question's name, and EDNS is
// not echoed, as injectors do it.
Bytes DnsAnswer::answer_to(ByteView query) const {
  constexpr std::uint16_t kNxdomain = 3, kPointerToQuestion = 0xc000 | kHeaderSize, kClassIn = 1;
  const ByteView question = question_of(query);
  const std::uint16_t type = question.be16(question.size() - 4);
  const std::optional<IpAddress>& address = type == dns::record_type::kA      ? address_
                                            : type == dns::record_type::kAaaa ? address6_
                                                                              : std::nullopt;
  const bool answered = !nxdomain_ && address.has_value();
  BytesOut out;
  out.be16(query.be16(0)).be16(nxdomain_ ? flags_ | kNxdomain : flags_);
  out.be16(1).be16(answered ? 1 : 0).be16(0).be16(0).add(question);
  if (answered) {
    out.be16(kPointerToQuestion).be16(type).be16(kClassIn).be32(record_ttl_);
    add_address(out, *address);
  }
  return out.take();
}

}  // namespace deadair::middlebox
