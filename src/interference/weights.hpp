// The table of weights: what each kind of evidence is worth, and where the figure comes from.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace deadair::interference {

// Evidence of one group is not independent of the rest of its group: each group is capped.
enum class Group : std::uint8_t { hdr, seq, trig, repeat, ctrl, fingerprint, neg, count_ };
inline constexpr std::size_t kGroups = static_cast<std::size_t>(Group::count_);

struct GroupRule {
  std::string_view name;
  double cap;  // most its items add together; against is never capped
};
inline constexpr double kUncapped = 1e9;
inline constexpr std::array<GroupRule, kGroups> kGroupRules = {{
    {"HDR", 2.5},
    {"SEQ", 2.5},
    {"TRIG", 0.7},
    {"REPEAT", 1.5},
    {"CTRL", 3.0},
    {"FINGERPRINT", 3.0},
    {"NEG", kUncapped},
}};
constexpr const GroupRule& rule(Group group) {
  return kGroupRules[static_cast<std::size_t>(group)];
}

// One kind of evidence; kWeights has a row for each, in this order.
enum class Clue : std::uint8_t {
  ttl_near,
  ttl_class,
  ttl_equal,
  ip_id_break,
  ip_id_elsewhere,
  ip_id_copied,
  timestamp_off,
  timestamp_new,
  window_copied,
  flags_odd,
  answer_early,
  rst_seq_change,
  rst_seq_data,
  data_seq_rst,
  rst_ack_change,
  syn_rst,
  fin_seq_data,
  trigger_near,
  repeat_five,
  repeat_ten,
  control_same_server,
  control_other_vantage,
  published,
  tsg_algebra,
  after_close,
  idle_before,
  scan_shape,
  twin_succeeded,
  raw_socket_tool,
  peer_resets_often,
  dns_conflict,
  dns_early,
  dns_flags,
  dns_bogon,
  name_control,
  data_conflict,
  glued_end,
  icmp_prohibited,
  control_other_flows,
  text_alive,
  udp_alive,
  same_pair_alive,
  calls_elsewhere,
  silent_relays,
  repeat_calls,
  constant_quota,
  stun_elsewhere,
  server_elsewhere,
  silent_flows,
  punishments,
  same_length,
  unanswered,
  constant_freeze,
  control_longer,
  count_,
};
inline constexpr std::size_t kClues = static_cast<std::size_t>(Clue::count_);

// Where a figure comes from.
enum class Basis : std::uint8_t {
  published,   // public material, named
  computed,    // from public data
  remembered,  // not verified again
  design,      // our choice, to be calibrated
};

struct Weight {
  Clue clue;
  std::string_view name;
  Group group;
  double lr;  // log10 of the likelihood ratio, forged to genuine
  Basis basis;
  std::string_view source;
};

// "Ordinary RSTs": 1,323 of the test suites of nDPI, suricata-verify and Zeek.
inline constexpr std::array<Weight, kClues> kWeights = {{
    {Clue::ttl_near, "INJ.TTL", Group::hdr, 2.5, Basis::computed,
     "1 to 63 from every TTL of the sender: 0 of 1,323 ordinary RSTs (95 % upper bound 0.23 %)"},
    {Clue::ttl_class, "INJ.TTL.CLASS", Group::hdr, 0.5, Basis::computed,
     "64 or more away: 12 of 1,323 ordinary RSTs, from front ends, firewalls and Teredo"},
    {Clue::ttl_equal, "TTL_EQUAL", Group::hdr, -0.3, Basis::published,
     "injectors can mirror TTL (Anonymous et al., FOCI 2020)"},
    {Clue::ip_id_break, "INJ.IPID", Group::hdr, 1.0, Basis::computed,
     "more than 1000 off a proven counter; 0 is left out, for Linux resets with it"},
    {Clue::ip_id_elsewhere, "IPID_DIFFERS", Group::hdr, 0.0, Basis::computed,
     "17 % of ordinary RSTs differ by more than 1000, 43 % have 0: worthless alone"},
    {Clue::ip_id_copied, "INJ.IPID.COPIED", Group::hdr, 0.5, Basis::design,
     "1 in 65,536 by chance; what answers for a closed port may copy the header as well"},
    {Clue::timestamp_off, "INJ.TS", Group::hdr, 2.0, Basis::published,
     "RSTs with skewed timestamps (net4people/bbs issue 442)"},
    {Clue::timestamp_new, "INJ.OPT", Group::hdr, 0.0, Basis::design,
     "timestamp of a sender that uses none; no count of ordinary ones exists"},
    {Clue::window_copied, "INJ.WIN", Group::hdr, 0.5, Basis::published,
     "window copied from the packet answered, or constant (gist LeeBrotherston, PerfTech)"},
    {Clue::flags_odd, "INJ.FLAGS", Group::hdr, 0.5, Basis::computed,
     "reserved or ECN bits on a RST: the test capture rst-inject-rae of Zeek"},
    {Clue::answer_early, "INJ.RTT", Group::hdr, 1.5, Basis::design,
     "answer in less than 0.7 of the pair's smallest handshake: its sender is nearer"},
    {Clue::rst_seq_change, "INJ.RST_SEQ_CHANGE", Group::seq, 2.5, Basis::computed,
     "Weaver, Sommer, Paxson, NDSS 2009; 0 of 8,092 flows of public test suites"},
    {Clue::rst_seq_data, "INJ.RST_SEQ_DATA", Group::seq, 2.5, Basis::computed,
     "Weaver et al. 2009; 8 of 2,899 files, 7 of them crafted"},
    {Clue::data_seq_rst, "INJ.DATA_SEQ_RST", Group::seq, 2.5, Basis::computed,
     "Weaver et al. 2009; 1 of 8,092 flows, crafted"},
    {Clue::rst_ack_change, "INJ.RST_ACK_CHANGE", Group::seq, 2.5, Basis::computed,
     "Weaver et al. 2009; 1 of 8,092 flows, a firewall of the shape left out here"},
    {Clue::syn_rst, "INJ.SYN_RST", Group::seq, 2.5, Basis::computed,
     "Weaver et al. 2009; the test capture rst-inject-rae of Zeek"},
    {Clue::fin_seq_data, "INJ.FIN_SEQ_DATA", Group::seq, 2.5, Basis::design,
     "as INJ.RST_SEQ_DATA: no host sends data after its own FIN"},
    {Clue::trigger_near, "TRIGGER", Group::trig, 0.7, Basis::design,
     "at most max(3 RTT, 0.5 s) after a packet naming a watched application"},
    {Clue::repeat_five, "REPEAT", Group::repeat, 1.0, Basis::design,
     "of at least 5 flows with the trigger, Wilson 95 % lower bound above half"},
    {Clue::repeat_ten, "REPEAT", Group::repeat, 1.5, Basis::design,
     "of at least 10 flows with the trigger, Wilson 95 % lower bound above half"},
    {Clue::control_same_server, "CONTROL.SERVER", Group::ctrl, 1.5, Basis::design,
     "same server with another name within 10 minutes: well in at least 3 flows"},
    {Clue::control_other_vantage, "CONTROL.VANTAGE", Group::ctrl, 1.5, Basis::design,
     "other vantage or tunnel within the hour: well in at least 3 flows"},
    {Clue::published, "INJ.FP", Group::fingerprint, 1.0, Basis::published,
     "header fields equal to those published; the row of the table names where"},
    {Clue::tsg_algebra, "INJ.FP.TSG", Group::fingerprint, 3.0, Basis::published,
     "field algebra, two independent pairs (after Ablove et al., USENIX Security 2026)"},
    {Clue::after_close, "AFTER_CLOSE", Group::neg, -3.0, Basis::computed,
     "a FIN or TLS alert came before: ordinary for Google's front ends"},
    {Clue::idle_before, "IDLE_BEFORE", Group::neg, -1.5, Basis::design,
     "silent for 60 s, or keep-alive probes before: time-out of a NAT or firewall"},
    {Clue::scan_shape, "SCAN", Group::neg, -3.0, Basis::design,
     "the client never acknowledged the SYN+ACK it resets"},
    {Clue::twin_succeeded, "TWIN", Group::neg, -3.0, Basis::design,
     "another attempt of the same client at the same name completed (RFC 8305)"},
    {Clue::raw_socket_tool, "RAW_SOCKET", Group::neg, -3.0, Basis::computed,
     "the sender's own kernel resets what a raw-socket tool opened: 7 of 8 files"},
    {Clue::peer_resets_often, "PEER_RESETS", Group::neg, -1.5, Basis::design,
     "the host resets at least a fifth of unrelated flows: overload, load balancer"},
    {Clue::dns_conflict, "DNS.DUP", Group::seq, 2.5, Basis::published,
     "one question, two answers that differ (Anonymous et al., FOCI 2020)"},
    {Clue::dns_early, "DNS.FAST", Group::hdr, 1.5, Basis::design,
     "as INJ.RTT: in less than 0.7 of the nearest of 3 answers, or half the 5th percentile of 10"},
    {Clue::dns_flags, "DNS.EDNS", Group::hdr, 0.5, Basis::design,
     "AA or RA as in no other answer of the resolver, or the OPT record missing (RFC 6891)"},
    {Clue::dns_bogon, "DNS.BOGON", Group::fingerprint, 1.0, Basis::published,
     "an address that no public name has; OONI's rules: 0.95 blocked when the control differs"},
    {Clue::name_control, "CONTROL.NAME", Group::ctrl, 1.5, Basis::design,
     "the same name is answered with other addresses elsewhere in the run"},
    {Clue::data_conflict, "INJ.DATA_CONFLICT", Group::seq, 2.5, Basis::design,
     "two contents for the same sequence numbers: no host sends both"},
    {Clue::glued_end, "INJ.GLUED_END", Group::seq, 0.5, Basis::design,
     "FIN or RST in the packet or within one round trip: also how many servers close"},
    {Clue::icmp_prohibited, "ICMP.PROHIBITED", Group::seq, 2.5, Basis::published,
     "a device on the path says that it refuses the packet (RFC 1812 section 5.2.7.1)"},
    {Clue::control_other_flows, "CONTROL.OTHER", Group::ctrl, 1.5, Basis::design,
     "other flows of the same client are answered within a minute"},
    {Clue::text_alive, "CONTROL.TEXT", Group::ctrl, 1.0, Basis::design,
     "the application's messages were answered within 60 s of the call"},
    {Clue::udp_alive, "CONTROL.UDP", Group::ctrl, 0.5, Basis::design,
     "other UDP of this host was answered within 60 s"},
    {Clue::same_pair_alive, "CONTROL.PAIR", Group::ctrl, 2.0, Basis::design,
     "checks between the same two sockets were answered all the while: it depends on the payload"},
    {Clue::calls_elsewhere, "CONTROL.CALLS", Group::ctrl, 1.0, Basis::design,
     "calls of other applications connected within the hour"},
    {Clue::silent_relays, "REPEAT.RELAYS", Group::repeat, 1.0, Basis::design,
     "three relays or more, each asked three times or more, were silent"},
    {Clue::repeat_calls, "REPEAT.CALLS", Group::repeat, 1.0, Basis::design,
     "two calls or more failed in this way"},
    {Clue::constant_quota, "QUOTA", Group::repeat, 2.0, Basis::design,
     "three calls or more ended after the same time or number of packets, within 15 %"},
    {Clue::stun_elsewhere, "STUN_ELSEWHERE", Group::neg, -1.5, Basis::design,
     "STUN of other services was answered: these relays may be down"},
    {Clue::server_elsewhere, "CONTROL.ENDPOINT", Group::ctrl, 1.0, Basis::design,
     "the same server answered on another port, by another protocol, or another 5-tuple"},
    {Clue::silent_flows, "REPEAT.FLOWS", Group::repeat, 1.0, Basis::design,
     "three flows or more with the trigger fell silent, and none was answered"},
    {Clue::punishments, "RESIDUAL.BRACKET", Group::repeat, 1.0, Basis::design,
     "flows of one key failed after the trigger until a time, and went well from then on"},
    {Clue::same_length, "RESIDUAL.LENGTH", Group::repeat, 1.5, Basis::design,
     "two punishments or more can have lasted equally long"},
    {Clue::unanswered, "UNANSWERED", Group::seq, 1.0, Basis::design,
     "sent three times or more over 6 s or more (RFC 6298 section 5.5), never acknowledged"},
    {Clue::constant_freeze, "FREEZE.CONSTANT", Group::repeat, 1.5, Basis::design,
     "five connections or more to two servers froze after the same amount"},
    {Clue::control_longer, "CONTROL.LONGER", Group::ctrl, 1.5, Basis::design,
     "connections of the same client to other servers went on past that amount"},
}};
constexpr const Weight& weight(Clue clue) { return kWeights[static_cast<std::size_t>(clue)]; }

constexpr bool rows_in_order() {
  for (std::size_t i = 0; i < kClues; ++i)
    if (kWeights[i].clue != static_cast<Clue>(i)) return false;
  return true;
}
static_assert(rows_in_order());

}  // namespace deadair::interference
