// Keeps one counter block an application, found by name.
#include "report/app_totals.hpp"

#include <algorithm>
#include <tuple>

namespace deadair::report {

void AppTotals::add(const Flow& flow) {
  AppTotal& total = entry(flow.app);
  const std::uint64_t bytes = flow.bytes_up + flow.bytes_down;
  total.all.add(bytes);
  total.services[static_cast<std::size_t>(flow.service)].add(bytes);
}

AppTotal& AppTotals::entry(std::string_view app) {
  if (last_ < totals_.size() && totals_[last_].app == app) return totals_[last_];
  const auto found =
      std::find_if(totals_.begin(), totals_.end(), [&](const AppTotal& t) { return t.app == app; });
  last_ = static_cast<std::size_t>(found - totals_.begin());
  if (found == totals_.end()) totals_.push_back({std::string(app), {}, {}});
  return totals_[last_];
}

std::vector<AppTotal> AppTotals::ranked() const {
  std::vector<AppTotal> sorted = totals_;
  const auto key = [](const AppTotal& total) {
    const Volume& calls = total.services[static_cast<std::size_t>(Service::call)];
    return std::make_tuple(total.recognised(), calls.flows, total.all.bytes);
  };
  std::sort(sorted.begin(), sorted.end(), [&](const AppTotal& a, const AppTotal& b) {
    return key(a) != key(b) ? key(a) > key(b) : a.app < b.app;
  });
  return sorted;
}

}  // namespace deadair::report
