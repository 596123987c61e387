// Finds moments at which connections to many servers were reset together.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "interference/tcp_story.hpp"

namespace deadair::interference {

// A router or firewall that starts anew, or loads its rules, resets whatever it knew; a line that
// comes back with another address has its servers reset what they do not know. Such a moment goes
// by no name: it ends connections to other servers in the midst of what they did.
class ResetBursts {
 public:
  static constexpr std::int64_t kTogether = kSecond;
  static constexpr std::size_t kSeveral = 3, kMost = 64;

  // Of all stories, before any is asked for. Takes those that had been answered with data, and not
  // only after a name, when they were reset in the server's name.
  void note(const TcpStory& story);
  // Other servers whose connections to the same client were reset within a second of this one;
  // kMost stands for as many or more.
  [[nodiscard]] std::size_t others(const TcpStory& story) const;

 private:
  struct Reset {
    std::int64_t ts_ns = 0;
    IpAddress server;
  };
  std::map<IpAddress, std::vector<Reset>> of_client_;
};

}  // namespace deadair::interference
