// Drops what exceeds a token bucket.
#pragma once

#include <array>

#include "actions/action.hpp"

namespace deadair::middlebox {

// Tokens in bytes; full at the start.
class TokenBucket {
 public:
  TokenBucket(double rate_bps, double burst_bytes)
      : rate_bps_(rate_bps), burst_(burst_bytes), tokens_(burst_bytes) {}
  // True, and the tokens gone, when there are enough for `bytes`.
  bool take(std::uint32_t bytes, std::int64_t now_ns);

 private:
  double rate_bps_;
  double burst_;
  double tokens_;
  std::int64_t last_ns_ = 0;
};

// "rate_bps" of IP bytes with a bucket of "burst_bytes"; one bucket a direction for all flows the
// rule chooses.
class Police final : public Action {
 public:
  Police(double rate_bps, double burst_bytes)
      : buckets_{TokenBucket(rate_bps, burst_bytes), TokenBucket(rate_bps, burst_bytes)} {}
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  std::array<TokenBucket, 2> buckets_;
};

}  // namespace deadair::middlebox
