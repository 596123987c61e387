// Keeping claims and the first datagrams.
#include "classify/dossier.hpp"

#include <algorithm>

namespace deadair::classify {

void History::align(flow::Side client_now) {
  if (client_now == client) return;
  client = client_now;
  for (Glimpse& each : glimpses)
    each.direction = each.direction == Direction::up ? Direction::down : Direction::up;
}

void History::add(const Datagram& datagram) {
  if (count == glimpses.size()) return;
  Glimpse& glimpse = glimpses[count++];
  const ByteView head = datagram.payload.first(Glimpse::kMost);
  std::copy(head.begin(), head.end(), glimpse.bytes.begin());
  glimpse.held = static_cast<std::uint8_t>(head.size());
  glimpse.direction = datagram.direction;
  glimpse.wire_len = static_cast<std::uint16_t>(std::min<std::uint32_t>(datagram.wire_len, 0xffff));
}

bool Dossier::hold(const HeldClaim& claim) {
  for (std::size_t i = 0; i < claim_count; ++i) {
    HeldClaim& held = (*claims)[i];
    if (held.signal != claim.signal || held.app != claim.app) continue;
    if (held.certain || !claim.certain) return false;
    held = claim;  // what was suspected is now proved
    return true;
  }
  if (claim_count == kMostClaims) return false;
  if (!claims) claims = std::make_unique<std::array<HeldClaim, kMostClaims>>();
  (*claims)[claim_count++] = claim;
  return true;
}

bool Dossier::proved() const {
  for (std::size_t i = 0; i < claim_count; ++i)
    if ((*claims)[i].certain) return true;
  return false;
}

}  // namespace deadair::classify
