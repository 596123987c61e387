// Tests which names of VPN services are ends of tunnels and which are sites.
#include <set>
#include <string_view>

#include "catch.hpp"
#include "unit/classify/classifier_probe.hpp"

namespace deadair::classifiers::vpn {
const classify::Classifier& instance();
}

namespace {

using namespace deadair;
using namespace deadair::test;

const classify::Classifier& vpn() { return classifiers::vpn::instance(); }

TEST_CASE("vpn: ends of tunnels") {
  for (const std::string_view name :
       {"eu0.sec-tunnel.com", "ie.lazerpenguin.com", "node-us-156.protonvpn.net",
        "us-atl.prod.surfshark.com", "brazil-2-ca-version-2.expressnetw.com",
        "87-1-lv.cg-dialup.net", "au2-auto-tcp.ptoserver.com", "america3.vpn.airdns.org",
        "ch1.gw.ivpn.net", "se-got-wg-001.relays.mullvad.net", "dfw-86-wg.whiskergalaxy.com",
        "uk-048.totallyacdn.com", "engage.cloudflareclient.com",
        "consumer-masque.cloudflareclient.com"}) {
    INFO(name);
    CHECK(service_of(vpn(), name) == "tunnel");
  }
}

TEST_CASE("vpn: sites and interfaces") {
  for (const std::string_view name :
       {"api2.sec-tunnel.com", "api.polargrizzly.com", "www.tunnelbear.com", "vpn-api.proton.me",
        "api.nordvpn.com", "surfshark.com", "www.expressvpn.com", "airvpn.org", "api.ivpn.net",
        "mullvad.net", "windscribe.com", "assets.totallyacdn.com", "www.privateinternetaccess.com",
        "api.cloudflareclient.com", "getlantern.org"}) {
    INFO(name);
    CHECK(service_of(vpn(), name) == "web");
  }
}

TEST_CASE("vpn: neighbours of those names") {
  for (const std::string_view name : {"mail.proton.me", "proton.me", "www.cloudflare.com",
                                      "airdns.org", "notnordvpn.com", "www.opera.com"}) {
    INFO(name);
    CHECK(service_of(vpn(), name).empty());
  }
}

TEST_CASE("vpn: every signal of a name is listed") {
  const classify::Info& info = vpn().info();
  std::set<std::string_view> listed;
  for (const classify::SignalInfo& signal : info.signals) listed.insert(signal.id);
  for (const classify::NameRule& rule : info.names) {
    INFO(rule.suffix);
    CHECK(listed.contains(rule.signal->id));
  }
}

}  // namespace
