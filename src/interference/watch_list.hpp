// The names whose treatment is looked at most closely: those of known applications, and the user's.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace deadair::interference {

// Names to watch besides those that a classifier knows. "*.example.org" stands for all names below
// example.org and not for itself.
class WatchList {
 public:
  static constexpr std::size_t kMostNames = 1'000'000;

  // In any case, with or without the final dot. False for what is no name; once full
  // nothing is added.
  bool add(std::string_view pattern);
  [[nodiscard]] bool lists(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return names_.size() + domains_.size(); }
  [[nodiscard]] bool full() const { return size() >= kMostNames; }

  // Whether a name is watched: `app` is whose name it is, empty for nobody's.
  [[nodiscard]] bool watches(std::string_view name, std::string_view app) const {
    return !name.empty() && (!app.empty() || lists(name));
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Names = std::unordered_set<std::string, Hash, std::equal_to<>>;

  Names names_;
  Names domains_;  // of patterns "*.domain"
};

// Adds the names of a file: one name a line, blank lines and what follows a "#" left out. Throws
// Error for a file that cannot be read or a line that is no name.
void read_watch_list(const std::string& path, WatchList& list);

}  // namespace deadair::interference
