// Where a rendering goes: standard output or a file, written in whole blocks.
#pragma once

#include <string>
#include <string_view>

namespace deadair::report {

class Output {
 public:
  // Opens `path` for writing, replacing what was there; "" or "-" is standard output. Throws Error
  // when it cannot be opened.
  explicit Output(std::string path);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // Writes all of `block`, or throws Error (a full disk). When the reader of a pipe has gone, this
  // and all later blocks are dropped: `deadair ... | head` is no failure.
  void write(std::string_view block);

  [[nodiscard]] bool reader_gone() const { return reader_gone_; }
  [[nodiscard]] bool is_terminal() const;
  // True when both write to the same regular file.
  [[nodiscard]] bool same_file(const Output& other) const;

 private:
  std::string path_;  // for messages
  int descriptor_ = -1;
  bool owned_ = false;
  bool reader_gone_ = false;
};

}  // namespace deadair::report
