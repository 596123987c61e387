// The link types whose two numbers differ on Linux (libpcap, pcap-common.c).
#include "capture/link_type.hpp"

#include <array>

namespace deadair::capture {
namespace {

struct Difference {
  wire::LinkType link;
  int dlt;
};

constexpr std::array kDifferences = {
    Difference{100, 11},  // ATM, RFC 1483
    Difference{101, 12},  // raw IP
    Difference{102, 15},  // BSD/OS SLIP
    Difference{103, 16},  // BSD/OS PPP
    Difference{106, 19},  // Linux classical IP over ATM
};

}  // namespace

int to_dlt(wire::LinkType link) {
  for (const Difference& entry : kDifferences)
    if (entry.link == link) return entry.dlt;
  return link;
}

wire::LinkType from_dlt(int dlt) {
  for (const Difference& entry : kDifferences)
    if (entry.dlt == dlt) return entry.link;
  return static_cast<wire::LinkType>(dlt);
}

}  // namespace deadair::capture
