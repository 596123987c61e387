// Counts flows and bytes by application and service, cheaply enough for every flow of a run.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

inline constexpr std::string_view kUnknownApp = "unknown";
inline constexpr std::size_t kServices = 6;

struct Volume {
  std::uint64_t flows = 0;
  std::uint64_t bytes = 0;

  void add(std::uint64_t more_bytes) {
    ++flows;
    bytes += more_bytes;
  }
};

struct AppTotal {
  std::string app;
  Volume all;
  std::array<Volume, kServices> services{};  // by Service

  [[nodiscard]] bool recognised() const { return app != kUnknownApp; }
};

class AppTotals {
 public:
  void add(const Flow& flow);

  // Recognised applications first, those with most call flows, then bytes, first; ties by name.
  [[nodiscard]] std::vector<AppTotal> ranked() const;

 private:
  AppTotal& entry(std::string_view app);

  std::vector<AppTotal> totals_;  // few: a linear search is the fastest
  std::size_t last_ = 0;          // the application of the flow before
};

}  // namespace deadair::report
