// Hash chains over numbered things that are kept elsewhere: added, removed and walked without
// allocating for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace deadair::call {

inline constexpr std::uint32_t kNoNode = 0xffff'ffff;

// The caller gives the hash of a node and compares what it finds. The newest node of a chain comes
// first. Memory is taken with the first node and grows with the largest number.
class HashChains {
 public:
  explicit HashChains(unsigned bits) : bits_(bits) {}

  void add(std::uint64_t hash, std::uint32_t node) {
    if (heads_.empty()) heads_.assign(std::size_t{1} << bits_, kNoNode);
    if (node >= links_.size()) links_.resize(std::size_t{node} + 1);
    std::uint32_t& head = heads_[bucket(hash)];
    links_[node] = {head, kNoNode};
    if (head != kNoNode) links_[head].before = node;
    head = node;
  }

  void remove(std::uint64_t hash, std::uint32_t node) {
    const Link link = links_[node];
    if (link.after != kNoNode) links_[link.after].before = link.before;
    if (link.before != kNoNode)
      links_[link.before].after = link.after;
    else
      heads_[bucket(hash)] = link.after;
  }

  [[nodiscard]] std::uint32_t first(std::uint64_t hash) const {
    return heads_.empty() ? kNoNode : heads_[bucket(hash)];
  }
  [[nodiscard]] std::uint32_t next(std::uint32_t node) const { return links_[node].after; }

 private:
  struct Link {
    std::uint32_t after = kNoNode;
    std::uint32_t before = kNoNode;
  };

  [[nodiscard]] std::size_t bucket(std::uint64_t hash) const {
    return static_cast<std::size_t>(hash & ((std::uint64_t{1} << bits_) - 1));
  }

  unsigned bits_;
  std::vector<std::uint32_t> heads_;
  std::vector<Link> links_;
};

}  // namespace deadair::call
