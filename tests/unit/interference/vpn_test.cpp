// Tunnels that are dropped, beside those that are idle, wrong, or down.
#include "interference/vpn.hpp"

#include "catch.hpp"
#include "unit/interference/call_stories.hpp"

using namespace deadair;
using namespace deadair::test;
using interference::Control;
using interference::Finding;
using interference::Gate;
using interference::GateEffect;
using interference::judge_tunnels;
using interference::Level;
using interference::TunnelFate;
using interference::TunnelStory;

namespace {

using Tunnels = std::vector<TunnelStory>;

// WireGuard opens its handshake every 5 s; the server lives, and answers elsewhere.
TunnelStory unanswered(double from_s, std::uint32_t server) {
  TunnelStory story;
  story.protocol = "wireguard";
  story.client = {IpAddress::v4(0xc0a8'4d02), 51820};
  story.server = far_socket(server, 51820);
  story.ts_first_ns = story.hellos_unanswered_from_ns = at_second(from_s);
  story.ts_last_ns = at_second(from_s + 30);
  story.until_ns = at_second(from_s + 300);
  story.packets_up = story.hellos = story.hellos_unanswered = 6;
  story.frame_first = story.frame_hello = {0, server + 1};
  story.tcp_answered = 4;
  story.udp_answered = 2;
  story.server_elsewhere = 1;
  return story;
}
// It worked for a while, and then its handshakes are no longer answered.
TunnelStory cut(double from_s, std::uint32_t server) {
  TunnelStory story = unanswered(from_s, server);
  story.carried_data = true;
  story.packets_down = 40;
  story.last_down_ns = at_second(from_s + 10);
  story.hellos_unanswered_from_ns = at_second(from_s + 15);
  return story;
}
TunnelStory working(double from_s, std::uint32_t server) {
  TunnelStory story = cut(from_s, server);
  story.hellos_unanswered = 0;
  return story;
}

Level level_of(const Tunnels& tunnels) {
  const std::vector<Finding> findings = judge_tunnels(tunnels);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].id == "VPN.DROP");
  CHECK(findings[0].app == "wireguard");
  return findings[0].level;
}

}  // namespace

TEST_CASE("Handshakes to several servers that nobody answers") {
  CHECK(level_of({unanswered(0, 1)}) == Level::anomalous);
  CHECK(level_of({unanswered(0, 1), unanswered(40, 2)}) == Level::anomalous);
  CHECK(level_of({unanswered(0, 1), unanswered(40, 2), unanswered(80, 3)}) == Level::likely);
}

TEST_CASE("One server that never served is likely set up wrongly") {
  CHECK(level_of({unanswered(0, 1), unanswered(40, 1), unanswered(80, 1)}) == Level::anomalous);
  Tunnels served = {unanswered(0, 1), unanswered(40, 1), unanswered(80, 1)};
  for (TunnelStory& story : served) story.worked_before = true;
  CHECK(level_of(served) == Level::likely);
}

TEST_CASE("A server that answers nothing at all may be down") {
  Tunnels down = {unanswered(0, 1), unanswered(40, 2), unanswered(80, 3)};
  for (TunnelStory& story : down) story.server_elsewhere = 0;
  CHECK(level_of(down) == Level::observed);
}

TEST_CASE("A dead line, and a LAN without UDP, explain themselves") {
  Tunnels dead = {unanswered(0, 1), unanswered(40, 2), unanswered(80, 3)};
  for (TunnelStory& story : dead) story.tcp_answered = story.udp_answered = 0;
  CHECK(level_of(dead) == Level::observed);
  for (TunnelStory& story : dead) story.tcp_answered = 4;
  CHECK(level_of(dead) == Level::anomalous);
  // Over TCP other UDP does not matter.
  for (TunnelStory& story : dead) story.tcp = true;
  CHECK(level_of(dead) == Level::likely);
}

TEST_CASE("A tunnel that is cut after it carried data") {
  CHECK(level_of({cut(0, 1)}) == Level::anomalous);
  const Tunnels often = {cut(0, 1), cut(60, 1), cut(120, 1)};
  CHECK(level_of(often) == Level::likely);
  const std::vector<Finding> findings = judge_tunnels(often);
  CHECK(findings[0].after_packets == 40);
  CHECK(findings[0].after_ms == 10'000);
  CHECK(findings[0].text ==
        "In all 3 wireguard flows to 1 server, 18 messages of a handshake had no answer, after "
        "data "
        "had passed.");
}

TEST_CASE("Handshakes that pass while their data does not") {
  const auto dataless = [](double from_s, std::uint32_t server) {
    TunnelStory story = unanswered(from_s, server);
    story.hellos_unanswered = 0;
    story.packets_down = story.data_rounds = 4;
    story.frame_round = {0, server + 7};
    story.server_elsewhere = 0;  // it is heard in this very flow
    return story;
  };
  CHECK(level_of({dataless(0, 1)}) == Level::anomalous);
  CHECK(level_of({dataless(0, 1), dataless(90, 1), dataless(180, 1)}) == Level::anomalous);
  const Tunnels two = {dataless(0, 1), dataless(90, 2), dataless(180, 1)};
  CHECK(level_of(two) == Level::likely);
  const Finding finding = judge_tunnels(two)[0];
  CHECK(finding.text ==
        "In all 3 wireguard flows to 2 servers, 12 handshakes were answered, the data after each "
        "was not.");
  CHECK_FALSE(finding.after_packets);
  CHECK(fate_of(two[0]) == TunnelFate::failed);
  TunnelStory few = dataless(0, 1);
  few.data_rounds = 2;
  CHECK(judge_tunnels(Tunnels{few}).empty());
}

TEST_CASE("A server that answers the first message of a handshake and nothing after it") {
  TunnelStory story = unanswered(0, 1);
  story.protocol = "openvpn";
  story.server_elsewhere = 0;
  story.packets_down = 1;
  const std::vector<Finding> findings = judge_tunnels(Tunnels{story});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].level == Level::anomalous);
  CHECK(findings[0].text ==
        "In the one openvpn flow to 1 server, 6 messages of a handshake had no answer, after the "
        "server had answered the first.");
}

TEST_CASE("Idle tunnels, closed ports, and what the capture cannot show are no drops") {
  CHECK(judge_tunnels(Tunnels{working(0, 1), working(20, 2), working(40, 3)}).empty());
  TunnelStory closed = unanswered(0, 1);
  closed.closed_port = true;
  CHECK(judge_tunnels(Tunnels{closed, closed, closed}).empty());
  CHECK(fate_of(closed) == TunnelFate::refused);
  TunnelStory half = unanswered(0, 1);
  half.gates.set(Gate::onesided, GateEffect::closes);
  CHECK(judge_tunnels(Tunnels{half, half, half}).empty());
  CHECK(fate_of(half) == TunnelFate::unseen);
  TunnelStory ends = unanswered(0, 1);
  ends.until_ns = at_second(9.9);
  CHECK(judge_tunnels(Tunnels{ends, ends, ends}).empty());
  TunnelStory few = unanswered(0, 1);
  few.hellos_unanswered = 2;
  CHECK(judge_tunnels(Tunnels{few, few, few}).empty());
}

TEST_CASE("How tunnels count") {
  CHECK(fate_of(working(0, 1)) == TunnelFate::ok);
  CHECK(fate_of(cut(0, 1)) == TunnelFate::failed);
  CHECK(fate_of(unanswered(0, 1)) == TunnelFate::failed);
}

TEST_CASE("Clients and protocols are judged apart") {
  Tunnels tunnels = {unanswered(0, 1), unanswered(40, 2), unanswered(80, 3)};
  tunnels[1].protocol = "openvpn";
  tunnels[2].client.ip = IpAddress::v4(0xc0a8'4d03);
  CHECK(judge_tunnels(tunnels).size() == 3);
}

TEST_CASE("What controls say around a tunnel") {
  interference::Controls controls;
  TunnelStory story = unanswered(0, 1);
  controls.add(Control::udp_answered, story.client.ip, interference::subject_of("quic"),
               at_second(50));
  controls.add(Control::udp_answered, story.client.ip, interference::subject_of("wireguard"),
               at_second(50));
  controls.add_server(story.client.ip, story.server.ip, 443, "", at_second(500));
  look_around(story, controls);
  CHECK(story.udp_answered == 1);
  CHECK(story.tcp_answered == 0);
  CHECK(story.server_elsewhere == 1);
  CHECK_FALSE(story.closed_port);
  controls.add(Control::port_closed, story.client.ip, interference::subject_of(story.server.ip),
               at_second(10));
  look_around(story, controls);
  CHECK(story.closed_port);
}
