// Which claims are kept.
#include "classify/dossier.hpp"

#include <array>

#include "catch.hpp"

using namespace deadair::classify;

TEST_CASE("A claim is held once per signal and application, up to the limit") {
  std::array<SignalInfo, Dossier::kMostClaims + 1> signals{};
  Dossier dossier;
  HeldClaim claim;
  claim.signal = &signals[0];
  claim.app = "one";
  CHECK(dossier.hold(claim));
  CHECK_FALSE(dossier.hold(claim));
  claim.app = "two";
  CHECK(dossier.hold(claim));
  for (std::size_t i = 1; dossier.claim_count < Dossier::kMostClaims; ++i) {
    claim.signal = &signals[i];
    CHECK(dossier.hold(claim));
  }
  claim.signal = &signals.back();
  CHECK_FALSE(dossier.hold(claim));
  CHECK((*dossier.claims)[0].app == "one");
}

TEST_CASE("A dossier is barren until anything is known") {
  CHECK(Dossier{}.barren());
  Dossier named, asked, hidden, web, claimed;
  named.host = "a.test";
  asked.dns_name = "a.test";
  hidden.ech = true;
  web.web = true;
  claimed.claim_count = 1;
  for (const Dossier* dossier : {&named, &asked, &hidden, &web, &claimed})
    CHECK_FALSE(dossier->barren());
}
