// Tells from packets counted second by second whether media flows in earnest.
#pragma once

#include <algorithm>
#include <cstdint>

namespace deadair::flow {

// At least 10 packets in two seconds on end, or at least 3 in each of three: so slow is speech with
// silence suppression, and keep-alives or probes are slower.
class Liveliness {
 public:
  // A second is over that brought `packets`; `adjoining`: the next one follows at once.
  void turn(std::uint32_t packets, bool adjoining) {
    lively_ = lively(packets);
    before_that_ = adjoining ? before_ : 0;
    before_ = adjoining ? static_cast<std::uint8_t>(std::min<std::uint32_t>(packets, 255)) : 0;
  }
  // With so many packets in the second at hand.
  [[nodiscard]] bool lively(std::uint32_t packets) const {
    return lively_ || packets + before_ >= kInTwo ||
           (packets >= kInEach && before_ >= kInEach && before_that_ >= kInEach);
  }

 private:
  static constexpr std::uint32_t kInTwo = 10, kInEach = 3;

  std::uint8_t before_ = 0;  // packets of the second before, and of the one before that
  std::uint8_t before_that_ = 0;
  bool lively_ = false;
};

}  // namespace deadair::flow
