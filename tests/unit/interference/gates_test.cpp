// Gates of a flow and of what surrounds it: the strongest effect counts.
#include "interference/gates.hpp"

#include "catch.hpp"

using namespace deadair::interference;

TEST_CASE("The strongest effect of a gate stays") {
  GateSet gates;
  CHECK(gates.effect(Gate::snap) == GateEffect::none);
  CHECK(gates.strongest() == GateEffect::none);
  gates.set(Gate::snap, GateEffect::caps);
  gates.set(Gate::snap);
  gates.set(Gate::snap, GateEffect::none);
  CHECK(gates.effect(Gate::snap) == GateEffect::caps);
  CHECK(gates.has(Gate::snap));
  CHECK(!gates.has(Gate::dup));
}

TEST_CASE("Joined sets keep what either had, gate by gate") {
  GateSet one, other;
  one.set(Gate::caploss_tcp, GateEffect::closes);
  one.set(Gate::vantage);
  other.set(Gate::caploss_tcp);
  other.set(Gate::vantage, GateEffect::caps);
  other.set(Gate::clock, GateEffect::closes);
  one.join(other);
  CHECK(one.effect(Gate::caploss_tcp) == GateEffect::closes);
  CHECK(one.effect(Gate::vantage) == GateEffect::caps);
  CHECK(one.effect(Gate::clock) == GateEffect::closes);
  CHECK(one.strongest() == GateEffect::closes);
}

TEST_CASE("A gate that is cleared leaves the others") {
  GateSet gates;
  gates.set(Gate::end, GateEffect::closes);
  gates.set(Gate::nat);
  gates.clear(Gate::end);
  CHECK(!gates.has(Gate::end));
  CHECK(gates.strongest() == GateEffect::notes);
}
