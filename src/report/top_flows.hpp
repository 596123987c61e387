// Keeps the few flows worth showing out of any number that passes by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/records.hpp"

namespace deadair::report {

// A flow record that owns its text.
class OwnedFlow {
 public:
  explicit OwnedFlow(const Flow& flow);
  // Moving keeps the text where it is; copying would leave the views pointing into the original.
  OwnedFlow(OwnedFlow&&) = default;
  OwnedFlow& operator=(OwnedFlow&&) = default;
  OwnedFlow(const OwnedFlow&) = delete;
  OwnedFlow& operator=(const OwnedFlow&) = delete;

  [[nodiscard]] const Flow& flow() const { return flow_; }

 private:
  void keep(std::string_view& text, char*& at);

  Flow flow_;
  std::vector<char> text_;  // what the views of flow_ and signals_ point into
  std::vector<Signal> signals_;
  std::vector<RtpStream> rtp_;
  std::vector<Flow::Closing> closings_;
};

// True when `a` is to be shown before `b`: recognised applications before unknown ones, calls
// before other services, more bytes first, then the order of the first frames.
bool more_relevant(const Flow& a, const Flow& b);

class TopFlows {
 public:
  explicit TopFlows(std::size_t limit) : limit_(limit) {}

  // Copies `flow` only if it is among the `limit` most relevant so far.
  void add(const Flow& flow);

  // Most relevant first.
  [[nodiscard]] std::vector<const Flow*> ranked() const;

 private:
  std::size_t limit_;
  std::vector<OwnedFlow> heap_;  // the least relevant at the front
};

}  // namespace deadair::report
