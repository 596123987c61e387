// A file that appears under its name only when it is complete.
#pragma once

#include <string>

#include "bytes/byte_view.hpp"

namespace deadair::capture {

// What is written goes to a temporary neighbour, which keep() renames; without keep() it is
// removed, and a file that had the name before stays as it was.
class NewFile {
 public:
  // Throws Error when nothing can be written there, or when the name is taken by something that is
  // no regular file.
  explicit NewFile(const std::string& path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Throws Error when the disk is full.
  void write(ByteView bytes);
  // Everything is on its way to the disk; a reader of the temporary file sees it.
  void close();
  // After close(). Throws Error when it cannot take its name.
  void keep();

  [[nodiscard]] const std::string& temporary() const { return temporary_; }

 private:
  std::string path_;  // as the user named it, for messages
  std::string target_;
  std::string temporary_;
  int descriptor_ = -1;
  bool kept_ = false;
};

// Throws the Error that writing to `path` would end in, as far as it can be told beforehand.
void check_writable(const std::string& path);

}  // namespace deadair::capture
