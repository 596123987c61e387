// Finds the action that a config names.
#include <array>

#include "actions/delay.hpp"
#include "actions/dns_answer.hpp"
#include "actions/drop.hpp"
#include "actions/http_answer.hpp"
#include "actions/icmp_refusal.hpp"
#include "actions/loss.hpp"
#include "actions/nat_timeout.hpp"
#include "actions/police.hpp"
#include "actions/reset.hpp"
#include "actions/residual.hpp"
#include "actions/rewrite.hpp"
#include "actions/shape.hpp"

namespace deadair::middlebox {
namespace {

struct Maker {
  const char* type;
  ActionPtr (*make)(Fields&, std::uint64_t);
};

template <ActionPtr (*from)(Fields&)>
ActionPtr unseeded(Fields& fields, std::uint64_t) {
  return from(fields);
}

constexpr std::array kMakers = {
    Maker{"rst", unseeded<Reset::from>},
    Maker{"http", unseeded<HttpAnswer::from>},
    Maker{"dns", unseeded<DnsAnswer::from>},
    Maker{"drop", unseeded<Drop::from>},
    Maker{"residual", Residual::from},
    Maker{"police", unseeded<Police::from>},
    Maker{"shape", unseeded<Shape::from>},
    Maker{"loss", Loss::from},
    Maker{"delay", unseeded<Delay::from>},
    Maker{"reorder", unseeded<Reorder::from>},
    Maker{"duplicate", unseeded<Duplicate::from>},
    Maker{"icmp", unseeded<IcmpRefusal::from>},
    Maker{"freeze", unseeded<Freeze::from>},
    Maker{"rewrite", unseeded<Rewrite::from>},
    Maker{"nat_timeout", unseeded<NatTimeout::from>},
    Maker{"mtu_hole", unseeded<MtuHole::from>},
    Maker{"passthrough", unseeded<Passthrough::from>},
};

}  // namespace

ActionPtr make_action(Fields& fields, std::uint64_t seed) {
  std::vector<std::string> types;
  for (const Maker& maker : kMakers) types.emplace_back(maker.type);
  fields.need("type");
  return kMakers[fields.choice("type", types, 0)].make(fields, seed);
}

}  // namespace deadair::middlebox
