// Writes what was done, one line of JSON for each rule and flow.
#include "truth.hpp"

namespace deadair::middlebox {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string proto_name(std::uint8_t proto) {
  switch (proto) {
    case wire::ip_proto::kTcp:
      return "tcp";
    case wire::ip_proto::kUdp:
      return "udp";
    case wire::ip_proto::kIcmp:
    case wire::ip_proto::kIcmp6:
      return "icmp";
    default:
      return std::to_string(proto);
  }
}

std::string endpoint(const FlowSide& side) {
  const std::string address = to_string(side.address);
  return (side.address.is_v4() ? address : "[" + address + "]") + ":" + std::to_string(side.port);
}

double seconds(std::int64_t ns) { return static_cast<double>(ns / 1000) / 1e6; }

OrderedJson line_of(const Rule& rule, const FlowState& flow, const Deeds& deeds,
                    std::int64_t ready_unix_ns) {
  OrderedJson line;
  line["rule"] = rule.name();
  line["action"] = rule.type();
  line["proto"] = proto_name(flow.proto);
  line["client"] = endpoint(flow.side(Way::up));
  line["server"] = endpoint(flow.side(Way::down));
  line["direction"] = rule.direction();
  line["first_s"] = seconds(deeds.first_ns);
  line["last_s"] = seconds(deeds.last_ns);
  line["first_unix_s"] = seconds(ready_unix_ns + deeds.first_ns);
  line["last_unix_s"] = seconds(ready_unix_ns + deeds.last_ns);
  line["first_ipid"] =
      flow.side(Way::up).address.is_v4() ? OrderedJson(deeds.first_ip_id) : OrderedJson(nullptr);
  line["packets_affected"] = deeds.affected;
  line["packets_injected"] = deeds.injected;
  line["trigger"] = deeds.trigger.empty() ? OrderedJson(nullptr) : OrderedJson(deeds.trigger);
  line["params"] = OrderedJson::parse(rule.params().dump());
  return line;
}

}  // namespace

void Truth::write(const std::vector<Rule>& rules, const FlowState& flow) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Deeds& deeds = flow.memories[i].deeds;
    if (!deeds.any()) continue;
    out_ << line_of(rules[i], flow, deeds, ready_unix_ns_)
                .dump(-1, ' ', false, Json::error_handler_t::replace)
         << '\n';
  }
  out_.flush();
}

}  // namespace deadair::middlebox
