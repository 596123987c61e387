// Gives the client of an Ethernet frame another address, so that one capture makes many networks.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <tuple>

namespace deadair::bench {

// Which addresses of a frame change, and where they and the checksums over them stand.
struct AddressPlan {
  std::uint16_t address_at[2] = {0, 0};  // of the 32 bits that change; 0 when they stay
  std::uint16_t ip_checksum_at = 0;      // 0 when there is none
  std::uint16_t transport_checksum_at = 0;
};

// Decides for the frames of one capture in order: later fragments go the way of their first one.
//
// Private IPv4 addresses (RFC 1918, and 100.64/10 of RFC 6598) change. Between two public addresses
// the end with the higher port does, taken for the client, so that what is known about the server
// still holds; so it is for all of IPv6.
class Planner {
 public:
  AddressPlan plan(std::span<const std::uint8_t> frame);

 private:
  using FragmentKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

  AddressPlan plan_ipv4(std::span<const std::uint8_t> frame, std::size_t at);

  std::map<FragmentKey, int> client_of_fragment_;
};

// Rewrites what `plan` names: IPv4 into 10/8, the low 32 bits of IPv6, with SplitMix64 of address
// and salt, and updates the checksums (RFC 1624).
void readdress(std::span<std::uint8_t> frame, const AddressPlan& plan, std::uint64_t salt);

}  // namespace deadair::bench
