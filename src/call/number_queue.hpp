// A queue of numbered things that are kept elsewhere; any of them may leave from the middle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "call/hash_chains.hpp"

namespace deadair::call {

class NumberQueue {
 public:
  void push(std::uint32_t number) {
    if (number >= links_.size()) links_.resize(std::size_t{number} + 1);
    links_[number] = {kNoNode, back_};
    (back_ == kNoNode ? front_ : links_[back_].after) = number;
    back_ = number;
  }

  // `number` must be queued here.
  void remove(std::uint32_t number) {
    const Link link = links_[number];
    (link.before == kNoNode ? front_ : links_[link.before].after) = link.after;
    (link.after == kNoNode ? back_ : links_[link.after].before) = link.before;
  }

  // The one queued longest; kNoNode when there is none.
  [[nodiscard]] std::uint32_t front() const { return front_; }

 private:
  struct Link {
    std::uint32_t after = kNoNode;
    std::uint32_t before = kNoNode;
  };

  std::uint32_t front_ = kNoNode;
  std::uint32_t back_ = kNoNode;
  std::vector<Link> links_;
};

}  // namespace deadair::call
