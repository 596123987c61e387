// Watches what answers requests in the clear and TLS hellos, for answers that are not the server's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/key.hpp"
#include "flow/slab.hpp"
#include "flow/stream_head.hpp"
#include "interference/block_page.hpp"
#include "interference/controls.hpp"
#include "interference/first_answers.hpp"
#include "interference/tls_answers.hpp"
#include "pipeline/tear_downs.hpp"
#include "proto/tls.hpp"
#include "wire/packet.hpp"

namespace deadair::pipeline {

// What the desk needs of an ended flow.
struct AskedFlow {
  const IpAddress& client;
  const IpAddress& server;
  std::uint16_t server_port = 0;
  std::string_view name;  // that it said; empty for none
  std::string_view app;   // empty: unknown
  bool watched = false;
};

// Remembers kSlots flows that have asked for something, the ones that asked last; others cost a
// look at the first bytes of their payload and nothing else.
class AnswersDesk {
 public:
  static constexpr std::size_t kSlots = 1024;

  explicit AnswersDesk(std::vector<IpPrefix> public_nets)
      : entries_(kSlots), public_nets_(std::move(public_nets)) {
    asked_.fill(flow::kNone);
  }

  void packet(std::uint32_t flow, flow::Side from, const wire::Packet& packet) {
    if (packet.payload.empty() || (packet.tcp_flags & wire::tcp_flag::kRst) != 0) return;
    const std::size_t slot = flow % kSlots;
    if (asked_[slot] == flow)
      follow(entries_[slot], from, packet);
    else if (is_hello(packet.payload) || is_request(packet.payload))
      open(slot, flow, from, packet);
  }
  // The flow has ended, and end() will want its story: something else than an ordinary answer came.
  [[nodiscard]] bool wants_story(std::uint32_t flow) const;
  // The flow has ended; `torn` is its story, where there is one.
  void end(std::uint32_t flow, const AskedFlow& asked, const TornFlow* torn);
  // The input is over.
  [[nodiscard]] std::vector<interference::Finding> judge(
      const interference::Controls& controls) const;

 private:
  static constexpr std::size_t kMostStories = 1024, kMostAnswers = 4096, kMostHeads = 256;

  struct Entry {
    interference::FirstAnswers answers;
    interference::Trigger request;
    flow::Side client = flow::Side::a;
    bool tls = false;
    std::uint32_t head = flow::kNone;  // of the server's stream, while its certificate may come
    wire::FrameRef certificate_frame;
    std::int64_t certificate_ns = 0;
    std::string issuer_name, issuer_organization;
    bool self_issued = false;
  };
  // An answer whose sender is in doubt.
  struct Doubted {
    TornFlow torn;
    interference::Trigger request;
    std::vector<interference::AnswerVersion> answers;
    bool tls = false;
  };
  // How one request was answered.
  struct Answer {
    IpAddress client;
    std::uint64_t name = 0;   // subject_of() the host asked for
    std::uint64_t place = 0;  // subject_of() the host that the answer leads to; 0: nowhere
    std::int64_t ts_ns = 0;
    bool tls = false;
    bool doubted = false;
  };

  static bool is_hello(ByteView payload) { return payload.be16(0) == 0x1603 && payload.u8(5) == 1; }
  static bool is_request(ByteView payload);
  void open(std::size_t slot, std::uint32_t flow, flow::Side from, const wire::Packet& packet);
  static void ask(Entry& entry, const wire::Packet& packet);
  void follow(Entry& entry, flow::Side from, const wire::Packet& packet);
  void read_certificate(Entry& entry, const wire::Packet& packet);
  void drop_head(Entry& entry);
  void note_certificate(const Entry& entry, const AskedFlow& asked);
  void note_answer(const Answer& answer);
  [[nodiscard]] std::optional<interference::Finding> judge_one(
      const Doubted& doubted, const interference::HttpContext& context) const;
  [[nodiscard]] interference::HttpContext context_of(const Doubted& doubted,
                                                     const interference::Controls& controls) const;

  std::array<std::uint32_t, kSlots> asked_;  // the flow in each slot
  std::vector<Entry> entries_;
  flow::Slab<flow::StreamHead, 4> heads_;
  std::array<std::uint8_t, proto::tls::kScratchSize> scratch_{};
  interference::CertificateBook certificates_;
  std::vector<Doubted> doubted_;
  std::vector<Answer> answers_;  // a ring
  std::size_t oldest_answer_ = 0;
  std::vector<IpPrefix> public_nets_;
};

}  // namespace deadair::pipeline
