// The factories: one call from options to a source.
#include "capture/open.hpp"

#include "capture/timeline.hpp"

namespace deadair::capture {

std::unique_ptr<PacketSource> open_files(const std::vector<std::string>& paths,
                                         const ReadOptions& options) {
  return std::make_unique<Timeline>(paths, options);
}

}  // namespace deadair::capture
