// Chooses the reader of a frame's outermost layer by its link type.
#include "wire/link.hpp"

#include "wire/cooked.hpp"
#include "wire/ethernet.hpp"
#include "wire/lan.hpp"
#include "wire/ppp.hpp"
#include "wire/wlan.hpp"
#include "wire/wrapped.hpp"

namespace deadair::wire {
namespace {

Step parse_point_to_point(LinkType link, Pdu pdu) {
  switch (link) {
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
    case linktype::kFrameRelay:
      return parse_frame_relay(pdu);
    case linktype::kFrameRelayWithDir:
      return parse_frame_relay(pdu.from(1));
    case linktype::kSlip:
      return parse_bsd_slip(pdu);
    case linktype::kMpls:
      return go(Layer::mpls, pdu);
    default:
      return stop(Undecoded::unknown_link_type);
  }
}

Step parse_wireless_or_lan(LinkType link, Pdu pdu) {
  switch (link) {
    case linktype::kWlan:
      return parse_wlan(pdu);
    case linktype::kRadiotap:
      return parse_radiotap(pdu);
    case linktype::kPrism:
      return parse_prism(pdu);
    case linktype::kAvs:
      return parse_avs(pdu);
    case linktype::kFddi:
      return parse_fddi(pdu);
    case linktype::kTokenRing:
      return parse_token_ring(pdu);
    case linktype::kAtm:
    case linktype::kAtmDlt:
      return go(Layer::llc, pdu);
    default:
      return parse_point_to_point(link, pdu);
  }
}

Step parse_bare(LinkType link, Pdu pdu) {
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
    case linktype::kNflog:
      return parse_nflog(pdu);
    case linktype::kIpnet:
      return parse_ipnet(pdu);
    case linktype::kErf:
      return parse_erf(pdu);
    default:
      return parse_wireless_or_lan(link, pdu);
  }
}

}  // namespace

Step parse_link(LinkType link, Pdu pdu) {
  Unwrapped frame{true, link, pdu, {}};
  if (link == linktype::kPktap || link == linktype::kPktapUser) frame = unwrap_pktap(pdu);
  if (link == linktype::kPpi) frame = unwrap_ppi(pdu);
  return frame.bare ? parse_bare(frame.link, frame.pdu) : frame.step;
}

}  // namespace deadair::wire
