// Walks directories for files that may be captures.
#include "capture/input_list.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace deadair::capture {
namespace {

namespace fs = std::filesystem;

void add_directory(const std::string& path, std::size_t argument, InputList& list) {
  std::error_code error;
  std::vector<std::string> names;
  fs::recursive_directory_iterator entry(path, fs::directory_options::skip_permission_denied,
                                         error);
  if (error) list.files.push_back({path, false, argument});  // opening it will tell why
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_directory(unknown)) continue;
    if (entry->is_regular_file(unknown))
      names.push_back(entry->path().string());
    else
      ++list.not_regular;
  }
  std::sort(names.begin(), names.end());
  for (std::string& name : names) list.files.push_back({std::move(name), true, argument});
}

}  // namespace

InputList list_inputs(const std::vector<std::string>& paths) {
  InputList list;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    std::error_code error;
    if (paths[i] != "-" && fs::is_directory(paths[i], error))
      add_directory(paths[i], i, list);
    else
      list.files.push_back({paths[i], false, i});
  }
  return list;
}

}  // namespace deadair::capture
