// The factories: one call from options to a source.
#include "capture/open.hpp"

#include "capture/live_source.hpp"
#include "capture/timeline.hpp"

namespace deadair::capture {

std::unique_ptr<PacketSource> open_files(const std::vector<std::string>& paths,
                                         const ReadOptions& options) {
  return std::make_unique<Timeline>(paths, options);
}

std::unique_ptr<PacketSource> open_live(const LiveOptions& options) {
  return std::make_unique<LiveSource>(options);
}

}  // namespace deadair::capture
