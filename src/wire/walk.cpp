// Follows one frame from layer to layer.
#include "wire/walk.hpp"

#include "wire/ethernet.hpp"
#include "wire/mpls.hpp"
#include "wire/ppp.hpp"
#include "wire/transport.hpp"
#include "wire/tunnel.hpp"

namespace deadair::wire {
namespace {

// Deepest seen in practice: Ethernet, MPLS, Ethernet, IP, GTP-U, IP, GRE, IP.
constexpr int kMaxLayers = 16;

}  // namespace

Undecoded Walk::run(Step step) {
  while (++layers_ <= kMaxLayers) {
    switch (step.layer) {
      case Layer::stop:
        return step.reason;
      case Layer::ip:
        return network(step.pdu);
      case Layer::ethernet:
        step = parse_ethernet(step.pdu);
        break;
      case Layer::llc:
        step = parse_llc(step.pdu);
        break;
      case Layer::mpls:
        step = parse_mpls(step.pdu);
        break;
      case Layer::ppp:
        step = parse_ppp(step.pdu);
        break;
      case Layer::pppoe:
        step = parse_pppoe(step.pdu);
        break;
    }
  }
  return Undecoded::too_deep;
}

Undecoded Walk::network(Pdu pdu) {
  IpBody body;
  Undecoded reason = parse_header(pdu, body);
  if (reason == Undecoded::none && doubtful_ &&
      (body.declared == 0 || body.declared > pdu.wire_len))
    reason = Undecoded::malformed;
  if (reason != Undecoded::none) return reason;
  ++ip_headers_;
  if (body.fragment.present) reason = reassemble(body);
  return reason == Undecoded::none ? transport(body) : reason;
}

Undecoded Walk::parse_header(Pdu pdu, IpBody& body) {
  out_ = Packet{};
  out_.ts_ns = raw_.ts_ns;
  out_.frame = raw_.frame;
  out_.frames = frames_;
  if (pdu.bytes.empty()) return pdu.missing(1);
  return pdu.bytes.u8(0) >> 4 == 6 ? parse_ipv6(pdu, out_, body) : parse_ipv4(pdu, out_, body);
}

Undecoded Walk::reassemble(IpBody& body) {
  Datagram datagram;
  const FragmentPart part{out_, body, raw_.ts_ns, frames_};
  const Undecoded reason = reassembler_.add(part, datagram);
  if (reason != Undecoded::none) return reason;
  frames_ = datagram.frames;
  body = IpBody{};
  const Undecoded rebuilt = parse_header(datagram.pdu, body);
  out_.ip_len = datagram.ip_len;
  // A rebuilt header may hold a second fragment header, which nothing honest sends.
  return body.fragment.present ? Undecoded::malformed : rebuilt;
}

Undecoded Walk::transport(const IpBody& body) {
  out_.proto = body.proto;
  switch (body.proto) {
    case ip_proto::kTcp:
      return parse_tcp(body.pdu, out_);
    case ip_proto::kUdp:
      return udp(body);
    case ip_proto::kIcmp:
      return parse_icmp(body.pdu, out_);
    case ip_proto::kIcmp6:
      return parse_icmp6(body.pdu, out_);
    case ip_proto::kSctp:
      return parse_sctp(body.pdu, out_);
    case ip_proto::kIpIp:
    case ip_proto::kIpv6:
      return follow(body, go(Layer::ip, body.pdu));
    case ip_proto::kGre:
      return follow(body, parse_gre(body.pdu));
    default:
      set_payload(out_, body.pdu);
      return Undecoded::none;
  }
}

Undecoded Walk::udp(const IpBody& body) {
  const Undecoded reason = parse_udp(body.pdu, out_);
  if (reason != Undecoded::none) return reason;
  if (!is_tunnel_port(out_.dst_port) && !is_tunnel_port(out_.src_port)) return Undecoded::none;
  return descend(parse_udp_tunnel(out_), true);
}

Undecoded Walk::follow(const IpBody& body, Step inner) {
  set_payload(out_, body.pdu);
  return descend(inner, false);
}

// The tunnel's packet stands when nothing in it is an IP packet (ARP, PPP control, damage, or a UDP
// payload that only looked like a tunnel).
Undecoded Walk::descend(Step inner, bool by_port) {
  if (inner.layer == Layer::stop) return Undecoded::none;
  const Packet outer = out_;
  const int headers_before = ip_headers_;
  const bool doubtful_before = doubtful_;
  doubtful_ = doubtful_ || by_port;
  const Undecoded reason = run(inner);
  doubtful_ = doubtful_before;
  const bool entered = ip_headers_ > headers_before;
  if (reason == Undecoded::none || reason == Undecoded::held_fragment ||
      reason == Undecoded::too_deep || (reason == Undecoded::truncated && (entered || !by_port)))
    return reason;
  reassembler_.count_lost(std::uint64_t{frames_} - outer.frames);
  frames_ = outer.frames;
  out_ = outer;
  return Undecoded::none;
}

}  // namespace deadair::wire
