// Decides whether a packet is one that a rule is about.
#include "match.hpp"

#include <algorithm>

namespace deadair::middlebox {
namespace {

std::optional<IpPrefix> read_net(Fields& fields, const std::string& key) {
  if (fields.find(key) == nullptr) return std::nullopt;
  IpPrefix prefix;
  if (!parse_ip_prefix(fields.text(key, std::nullopt), prefix))
    fields.fail(key, "must be an address or a range like 203.0.113.0/24");
  return prefix;
}

std::optional<std::string> read_name(Fields& fields, const std::string& key) {
  if (fields.find(key) == nullptr) return std::nullopt;
  std::string name = fields.text(key, std::nullopt);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

std::optional<bool> read_flag(Fields& fields, const std::string& key) {
  if (fields.find(key) == nullptr) return std::nullopt;
  return fields.flag(key, false);
}

bool holds(const std::optional<bool>& wanted, bool is) { return !wanted || *wanted == is; }

bool holds(const std::optional<std::string>& suffix, const std::string& name) {
  return !suffix || (!name.empty() && name_matches(name, *suffix));
}

bool is_proto(const std::string& name, std::uint8_t proto) {
  namespace ip_proto = wire::ip_proto;
  if (name == "tcp") return proto == ip_proto::kTcp;
  if (name == "udp") return proto == ip_proto::kUdp;
  return proto == ip_proto::kIcmp || proto == ip_proto::kIcmp6;
}

}  // namespace

bool name_matches(std::string_view name, std::string_view suffix) {
  while (!suffix.empty() && (suffix.front() == '*' || suffix.front() == '.'))
    suffix.remove_prefix(1);
  if (!name.ends_with(suffix)) return false;
  return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

Match Match::from(Fields& fields) {
  constexpr std::int64_t kMostSize = 65'535;
  Match match;
  if (fields.find("proto") != nullptr) {
    const std::vector<std::string> words{"tcp", "udp", "icmp"};
    match.proto_ = words[fields.choice("proto", words, 0)];
  }
  match.client_net_ = read_net(fields, "client_net");
  match.server_net_ = read_net(fields, "server_net");
  if (const Json* port = fields.find("server_port"); port != nullptr) {
    const bool pair = port->is_array() && port->size() == 2 && (*port)[0].is_number_unsigned() &&
                      (*port)[1].is_number_unsigned();
    if (!pair && !port->is_number_unsigned())
      fields.fail("server_port", "must be a port or [first, last]");
    match.server_port_ = pair
                             ? Range{(*port)[0].get<std::int64_t>(), (*port)[1].get<std::int64_t>()}
                             : Range{port->get<std::int64_t>(), port->get<std::int64_t>()};
  }
  match.sni_ = read_name(fields, "sni");
  match.host_ = read_name(fields, "host");
  match.quic_sni_ = read_name(fields, "quic_sni");
  match.dns_name_ = read_name(fields, "dns_name");
  if (const Json* stun = fields.find("stun"); stun != nullptr) {
    match.stun_cookie_ = *stun == "cookie";
    if (!match.stun_cookie_)
      match.stun_method_ = static_cast<int>(fields.integer("stun", std::nullopt, 0, 0xfff));
  }
  match.dtls_ = read_flag(fields, "dtls");
  match.wireguard_ = read_flag(fields, "wireguard");
  match.openvpn_ = read_flag(fields, "openvpn");
  match.rtp_ = read_flag(fields, "rtp");
  match.size_.least = fields.integer("min_size", 0, 0, kMostSize);
  match.size_.most = fields.integer("max_size", match.size_.most, 0, match.size_.most);
  return match;
}

bool Match::meets(const FlowState& flow, const Headers& headers, const Sight& sight) const {
  return meets_ends(flow) && size_.holds(headers.judged_size()) && meets_names(sight) &&
         meets_protocols(sight);
}

bool Match::meets_ends(const FlowState& flow) const {
  const FlowSide& client = flow.side(Way::up);
  const FlowSide& server = flow.side(Way::down);
  return (!proto_ || is_proto(*proto_, flow.proto)) &&
         (!client_net_ || client_net_->contains(client.address)) &&
         (!server_net_ || server_net_->contains(server.address)) &&
         (!server_port_ || server_port_->holds(server.port));
}

bool Match::meets_names(const Sight& sight) const {
  return holds(sni_, sight.fresh.sni) && holds(host_, sight.fresh.host) &&
         holds(quic_sni_, sight.fresh.quic_sni) && holds(dns_name_, sight.dns_name);
}

bool Match::meets_protocols(const Sight& sight) const {
  return (!stun_cookie_ || sight.stun_cookie) &&
         (!stun_method_ || *stun_method_ == sight.stun_method) && holds(dtls_, sight.dtls) &&
         holds(wireguard_, sight.wireguard) && holds(openvpn_, sight.openvpn) &&
         holds(rtp_, sight.rtp);
}

std::string Match::name_in(const Sight& sight) {
  for (const std::string* name :
       {&sight.fresh.sni, &sight.fresh.host, &sight.fresh.quic_sni, &sight.dns_name})
    if (!name->empty()) return *name;
  return {};
}

}  // namespace deadair::middlebox
