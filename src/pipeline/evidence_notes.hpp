// Keeps of a run's records what an excerpt of its evidence is chosen by.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/key.hpp"
#include "report/records.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// The ends of a flow, the smaller first. Only TCP, UDP and SCTP have ports here: all ICMP between
// two hosts is one.
flow::FlowKey ends_between(const IpAddress& x, std::uint16_t port_x, const IpAddress& y,
                           std::uint16_t port_y, std::uint8_t proto);
flow::FlowKey ends_of(const wire::Packet& packet);

struct EndsHash {
  std::uint64_t seed = std::random_device{}();  // no output depends on it

  std::size_t operator()(const flow::FlowKey& key) const { return flow::hash(key, seed); }
};

// A flow in as few bytes as an excerpt can do with.
struct FlowNote {
  flow::FlowKey key;  // ends_between()
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::uint64_t id = 0;    // hash of the Community ID
  std::uint64_t host = 0;  // hash of the name; 0 without
  std::uint64_t bytes = 0;
  std::uint32_t packets = 0;
  std::uint16_t app = 0;  // EvidenceNotes::app(); 0 when unknown
  bool client_is_a = false;
  bool missed = false;  // the capture misses bytes of it

  [[nodiscard]] const IpAddress& client() const { return client_is_a ? key.a : key.b; }
  [[nodiscard]] const IpAddress& server() const { return client_is_a ? key.b : key.a; }
};

static_assert(sizeof(FlowNote) == 88);

struct CallNote {
  struct Way {
    std::optional<std::int64_t> first_ns, last_ns;  // media
  };

  std::uint64_t number = 0;
  std::string app;
  std::string reason;
  report::CallOutcome outcome = report::CallOutcome::not_observable;
  IpAddress client;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  report::Frame frame_start;
  std::vector<std::uint64_t> flows;  // FlowNote::id
  Way up, down;
};

// How grave what was said is, by finding id, and for verdicts by application and service.
class Gravity {
 public:
  void note(const report::Finding& finding);
  void note(const report::Verdict& verdict);

  using Said = std::pair<std::string, report::Level>;
  // What `other` says more gravely than this, or in addition.
  [[nodiscard]] std::vector<Said> beyond(const Gravity& other) const;
  // Findings of this that `other` does not have at all.
  [[nodiscard]] std::vector<std::string> missing(const Gravity& other) const;

 private:
  std::map<std::string, report::Level> findings_, verdicts_;
};

// Of more flows than kMostFlows those that ended first are forgotten, which leaves controls out of
// the excerpt, never the packets that a finding names.
class EvidenceNotes final : public report::Sink {
 public:
  static constexpr std::size_t kMostFlows = std::size_t{1} << 19;
  static constexpr std::size_t kMostCalls = 16'384;

  [[nodiscard]] bool complete() const override { return true; }
  void flow(const report::Flow& flow) override;
  void call(const report::Call& call) override;
  void finding(const report::Finding& finding) override;
  void verdict(const report::Verdict& verdict) override { gravity_.note(verdict); }
  void capture(const report::Capture& /*capture*/) override {}
  void finish(const report::Summary& /*summary*/) override {}

  [[nodiscard]] const std::vector<FlowNote>& flows() const { return flows_; }
  [[nodiscard]] const std::vector<CallNote>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<report::Finding>& findings() const { return findings_; }
  [[nodiscard]] const Gravity& gravity() const { return gravity_; }

  // The number of an application; 0 when no flow was of it.
  [[nodiscard]] std::uint16_t app(std::string_view name) const;
  static std::uint64_t hash_of(std::string_view text);

 private:
  std::uint16_t number_of(std::string_view app);

  std::vector<FlowNote> flows_;
  std::size_t next_ = 0;  // the place of the flow that ended first, once all places are taken
  std::vector<CallNote> calls_;
  std::vector<report::Finding> findings_;
  Gravity gravity_;
  std::map<std::string, std::uint16_t, std::less<>> apps_;
};

}  // namespace deadair::pipeline
