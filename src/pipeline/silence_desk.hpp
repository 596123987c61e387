// Keeps the TCP flows that fell silent until the input is over, and has them judged.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/record.hpp"
#include "interference/fates.hpp"
#include "interference/finding.hpp"
#include "interference/gates.hpp"
#include "interference/silent_flow.hpp"
#include "interference/syn_silence.hpp"
#include "interference/truncation.hpp"
#include "pipeline/fate_desk.hpp"
#include "pipeline/gate_desk.hpp"
#include "pipeline/reporter.hpp"
#include "pipeline/tear_downs.hpp"

namespace deadair::pipeline {

class SilenceDesk {
 public:
  // What the end of a flow brings. `note`: by counters alone.
  struct Ended {
    const flow::FlowRecord& record;
    const flow::FlowKey& key;
    const WatchedFlow& watched;
    std::string_view app;
    std::uint32_t hello_len;  // of the client's TLS hello; 0: not known
    const interference::GateSet& gates;
    Reporter& reporter;  // knows the flow's Community ID
  };

  // True when the flow's fate is not known before the input is over: then settle() adds its note.
  // Otherwise `note` is set right, and is for the caller to add.
  bool end(const Ended& ended, interference::FlowNote& note);
  // The input is over: notes of what was kept, for the log.
  void settle(FateDesk& fates, const GateDesk& gates, const interference::Controls& controls,
              std::int64_t now_ns);
  // A TLS hello as long was answered there, whatever name it said.
  [[nodiscard]] bool answered_hello(const IpAddress& server, std::uint16_t port,
                                    std::uint32_t len) const;
  // The first packets of flows that somebody cut off, once settled.
  template <typename Visit>
  void each_dropped(Visit visit) const {
    for (const interference::SilentFlow& silent : silent_)
      if (silent.note.fate == interference::FlowFate::dropped) visit(silent.note.frame_first);
  }
  [[nodiscard]] std::vector<interference::Finding> judge(const interference::FateBook& book,
                                                         std::int64_t now_ns) const;

 private:
  static constexpr std::size_t kMostSilent = 4096, kMostGood = 4096, kMostServers = 4096;
  using Service = std::pair<IpAddress, std::uint16_t>;

  void note_good(const Ended& ended, const interference::FlowNote& note);

  std::vector<interference::SilentFlow> silent_;
  std::vector<interference::SilentSyn> syns_;
  std::vector<interference::GoodFlow> good_;
  std::map<Service, std::uint32_t> largest_;  // segment that is known to have reached the server
  std::map<Service, std::uint32_t> longest_;  // TLS hello that it is known to have answered
};

}  // namespace deadair::pipeline
