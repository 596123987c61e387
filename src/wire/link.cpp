// Chooses the reader of a frame's outermost layer by its link type.
#include "wire/link.hpp"

#include "wire/cooked.hpp"
#include "wire/ethernet.hpp"
#include "wire/ppp.hpp"

namespace deadair::wire {

Step parse_link(LinkType link, Pdu pdu) {
  switch (link) {
    case linktype::kEthernet:
      return go(Layer::ethernet, pdu);
    case linktype::kRaw:
    case linktype::kRawDlt:
    case linktype::kRawOpenBsd:
    case linktype::kIpv4:
    case linktype::kIpv6:
      return go(Layer::ip, pdu);
    case linktype::kNull:
    case linktype::kLoop:
      return parse_null(pdu);
    case linktype::kLinuxSll:
      return parse_linux_sll(pdu);
    case linktype::kLinuxSll2:
      return parse_linux_sll2(pdu);
    case linktype::kPpp:
    case linktype::kPppSerial:
      return parse_ppp_or_cisco(pdu);
    case linktype::kPppPppd:
    case linktype::kPppWithDir:
      return parse_ppp(pdu.from(1));
    case linktype::kPppEther:
      return go(Layer::pppoe, pdu);
    case linktype::kCiscoHdlc:
      return parse_cisco_hdlc(pdu);
    case linktype::kCiscoHdlcWithDir:
      return parse_cisco_hdlc(pdu.from(1));
    case linktype::kMpls:
      return go(Layer::mpls, pdu);
    default:
      return stop(Undecoded::unknown_link_type);
  }
}

}  // namespace deadair::wire
