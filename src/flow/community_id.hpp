// Community ID version 1: the flow identifier shared with Zeek, Suricata and Arkime.
#pragma once

#include <array>
#include <string_view>

#include "flow/key.hpp"

namespace deadair::flow {

// Computes identifiers as https://github.com/corelight/community-id-spec defines them: "1:" and the
// base64 of SHA-1(seed, address, address, protocol, 0, port, port), the smaller end first, seed 0.
class CommunityId {
 public:
  CommunityId();
  ~CommunityId();
  CommunityId(const CommunityId&) = delete;
  CommunityId& operator=(const CommunityId&) = delete;

  // `key` must be canonical (key_of()). The text lives until the next call; it is 30 characters
  // long.
  std::string_view of(const FlowKey& key);

 private:
  struct Digest;
  Digest* digest_;
  std::array<char, 32> text_{};
};

}  // namespace deadair::flow
