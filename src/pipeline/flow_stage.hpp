// Follows every packet to its flow, and every flow to its end: the one stage that decides, in
// packet order.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "classify/engine.hpp"
#include "flow/flow_table.hpp"
#include "flow/tcp_track.hpp"
#include "pipeline/call_stage.hpp"
#include "pipeline/interference_stage.hpp"
#include "pipeline/reporter.hpp"
#include "pipeline/run.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

class FlowStage {
 public:
  static constexpr std::size_t kBatch = 32;

  FlowStage(const RunOptions& options, report::Sink& sink);

  // Applies packets in order. Their flows' memory is fetched ahead for the whole batch.
  void process(std::span<const wire::Packet> packets);
  // Packet time is now at least `ts_ns`, though no packet says so: flows whose time is up end.
  void pass_time(std::int64_t ts_ns);
  // The system or an interface says how many packets of an input it lost.
  void lost(std::uint32_t input, std::uint64_t packets, std::uint64_t of) {
    interference_.gates().dropped(input, packets, of);
  }
  // Ends every flow: the input is over.
  void finish();
  // After finish().
  [[nodiscard]] interference::GateSet gates(std::uint32_t input) {
    return interference_.gates().of_input(input);
  }

  [[nodiscard]] std::uint64_t flows_begun() const { return flows_begun_; }
  // Counters of an input, made when first asked for.
  InputCounts& counts(std::uint32_t input);
  Reporter& reporter() { return reporter_; }

 private:
  // A flow out of the table, waiting for its turn to be reported.
  struct Ended {
    std::int64_t end_ns;
    wire::FrameRef frame_first;
    std::uint32_t index;
  };

  // Nearly every packet comes within the tick of the last one.
  void keep_time(std::int64_t ts_ns) {
    if (ts_ns >= now_ns_ && started_ && !table_.idle().due(ts_ns))
      now_ns_ = ts_ns;
    else
      turn_clock(ts_ns);
  }
  void turn_clock(std::int64_t ts_ns);
  void process_batch(std::span<const wire::Packet> packets);  // at most kBatch
  // `known`: the flow of the packet, kNone when there is none yet.
  void process(const wire::Packet& packet, const flow::Keyed& keyed, std::uint32_t hash,
               std::uint32_t known);
  // The flow to count the packet in: the known one, unless its time is up, or a new one.
  std::uint32_t flow_of(const wire::Packet& packet, const flow::Keyed& keyed, std::uint32_t hash,
                        std::uint32_t known);
  std::uint32_t begin_flow(const wire::Packet& packet, const flow::Keyed& keyed,
                           std::uint32_t hash);
  [[nodiscard]] bool reopens(const flow::FlowRecord& record, const wire::Packet& packet,
                             flow::Side from) const;
  void show_after_leap(const flow::FlowRecord& record, flow::Side from, const wire::Packet& packet);
  void follow_tcp(std::uint32_t index, const wire::Packet& packet, flow::Side from);
  void note_flags(flow::FlowRecord& record, const wire::Packet& packet, flow::Side from);
  void note_established(flow::FlowRecord& record, const wire::Packet& packet, flow::Side from);
  flow::TcpTrack& track_of(flow::FlowRecord& record);
  void end_flow(std::uint32_t index, std::int64_t end_ns);
  void end_all();
  void fetch_ended(std::size_t at);
  void report_ended();
  void report(const Ended& ended);

  flow::FlowTable table_;
  flow::TcpTracker tcp_;
  flow::Slab<flow::TcpTrack, 8> tracks_;
  Reporter reporter_;
  InterferenceStage interference_;
  CallStage calls_;
  classify::Engine engine_;
  std::vector<InputCounts> counts_;
  std::array<flow::Keyed, kBatch> keyed_;  // of the batch at hand
  std::array<std::uint32_t, kBatch> hashes_{};
  std::array<std::uint32_t, kBatch> probable_{};
  std::vector<Ended> ended_, scratch_;
  std::vector<std::uint32_t> expired_;
  std::int64_t now_ns_ = 0;
  bool started_ = false;
  std::uint64_t flows_begun_ = 0;
};

}  // namespace deadair::pipeline
