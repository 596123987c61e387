// Two readings of the inputs, one of the result.
#include "pipeline/evidence_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "capture/file_digest.hpp"
#include "capture/new_file.hpp"
#include "capture/pcapng_writer.hpp"
#include "pipeline/evidence_choice.hpp"
#include "pipeline/evidence_points.hpp"
#include "pipeline/evidence_words.hpp"
#include "report/human.hpp"
#include "wire/decoder.hpp"

namespace deadair::pipeline {
namespace {

using capture::InputSummary;
using Comments = std::map<wire::FrameRef, std::vector<std::string>>;

// When the first choice said too much or too little.
constexpr ExcerptBudget kLarge = {2'000'000,
                                  std::uint64_t{1} << 30,
                                  std::numeric_limits<std::uint32_t>::max(),
                                  5'000,
                                  3'000,
                                  4'096,
                                  4'096,
                                  200'000};

// Thrown where reading cannot go on; the run's records are out already, so this is no Error.
struct Failed {
  std::string problem;
};

// What the excerpt says when deadair reads it.
class Reading final : public report::Sink {
 public:
  [[nodiscard]] bool complete() const override { return false; }
  void flow(const report::Flow& /*flow*/) override {}
  void call(const report::Call& /*call*/) override {}
  void finding(const report::Finding& finding) override { gravity_.note(finding); }
  void verdict(const report::Verdict& verdict) override { gravity_.note(verdict); }
  void capture(const report::Capture& /*capture*/) override {}
  void finish(const report::Summary& /*summary*/) override {}

  [[nodiscard]] const Gravity& gravity() const { return gravity_; }

 private:
  Gravity gravity_;
};

std::size_t commented(const Comments& comments) {
  return static_cast<std::size_t>(
      std::ranges::count_if(comments, [](const auto& each) { return !each.second.empty(); }));
}

class EvidenceFile {
 public:
  EvidenceFile(const EvidenceNotes& notes, const std::vector<InputSummary>& inputs,
               const EvidenceRequest& request)
      : notes_(notes), inputs_(inputs), request_(request), points_(notes) {
    for (const InputSummary& input : inputs) {
      packets_ += input.packets;
      if (!input.unreadable) names_.push_back(input.name);
    }
  }

  EvidenceResult write() {
    if (!points_.empty())
      read_again([&](const wire::RawPacket&, wire::Undecoded reason, const wire::Packet& packet) {
        if (reason == wire::Undecoded::none) points_.look_at(packet);
      });
    for (const ExcerptBudget& budget : {ExcerptBudget(), kLarge}) {
      capture::NewFile file(request_.path);
      EvidenceResult result = copy(file, budget);
      const Gravity said = read_excerpt(file.temporary());
      const auto missing = notes_.gravity().missing(said);
      const auto beyond = notes_.gravity().beyond(said);
      const bool last = budget.packets == kLarge.packets;
      if (!last && !(missing.empty() && beyond.empty())) continue;
      if (!beyond.empty())
        throw Failed{
            fmt::format("{}: not written: {} would look graver there than in the whole "
                        "capture",
                        request_.path, beyond.front().first)};
      if (!missing.empty())
        result.notice = fmt::format("{}: {} cannot be seen in it without the rest of the capture",
                                    request_.path, missing.front());
      file.keep();
      result.written = true;
      return result;
    }
    return {};
  }

 private:
  // Calls visit(raw packet, why not decoded, packet) for each, in the order of the first reading.
  template <typename Visit>
  void read_again(Visit visit) {
    capture::ReadOptions reading = request_.reading;
    reading.max_packets = packets_;
    const auto source = open_again(reading);
    wire::Decoder decoder;
    wire::Packet packet;
    std::array<wire::RawPacket, 256> raw;
    while (const std::size_t count = source->next(raw)) {
      for (const wire::RawPacket& each : std::span(raw).first(count)) {
        const wire::Undecoded reason = decoder.decode(each, packet);
        visit(each, reason, packet);
      }
    }
    if (request_.interrupted && request_.interrupted())
      throw Failed{fmt::format("{}: interrupted, not written", request_.path)};
    while (!source->ended()) source->next(raw);
    compare(source->inputs());
  }

  std::unique_ptr<capture::PacketSource> open_again(const capture::ReadOptions& reading) {
    try {
      return request_.open(names_, reading);
    } catch (const Error& error) {
      throw Failed{fmt::format("{}: not written: {}", request_.path, error.what())};
    }
  }

  // Same packets as before, as far as their numbers, lengths and times tell.
  void compare(const std::vector<InputSummary>& now) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const InputSummary& before = inputs_[i];
      if (before.packets == 0) continue;
      const bool same = i < now.size() && now[i].name == before.name &&
                        now[i].packets == before.packets && now[i].bytes == before.bytes &&
                        now[i].ts_first_ns == before.ts_first_ns &&
                        now[i].ts_last_ns == before.ts_last_ns;
      if (!same)
        throw Failed{
            fmt::format("{}: not written: {} changed while it was read, or cannot be read "
                        "again",
                        request_.path, before.name)};
    }
  }

  EvidenceResult copy(capture::NewFile& file, const ExcerptBudget& budget) {
    EvidenceChoice choice(notes_, points_, budget);
    const Comments comments = comments_for(choice);
    capture::PcapngWriter writer(file, "deadair " DEADAIR_VERSION, about(choice, comments));
    std::map<std::pair<std::uint32_t, wire::LinkType>, std::uint32_t> interfaces;
    EvidenceResult result;
    result.calls_left_out = choice.calls_left_out();
    const std::vector<std::string> none;
    if (!points_.empty())
      read_again(
          [&](const wire::RawPacket& raw, wire::Undecoded reason, const wire::Packet& packet) {
            const bool wanted = reason == wire::Undecoded::none ? choice.take(packet)
                                : reason == wire::Undecoded::held_fragment
                                    ? choice.takes_fragment(packet)
                                    : false;
            const auto named = comments.find(raw.frame);
            if (!wanted && named == comments.end()) return;
            const auto [entry, fresh] =
                interfaces.try_emplace({raw.frame.input(), raw.link}, std::uint32_t{0});
            if (fresh) entry->second = add_interface(writer, raw);
            ++result.packets;
            result.named += named == comments.end() || named->second.empty() ? 0 : 1;
            writer.packet(entry->second, raw, named == comments.end() ? none : named->second);
          });
    writer.finish();
    file.close();
    return result;
  }

  // What the capture of an input lost is told once, with its first interface.
  std::uint32_t add_interface(capture::PcapngWriter& writer, const wire::RawPacket& raw) {
    const InputSummary& input = inputs_[raw.frame.input()];
    capture::PcapngWriter::Interface interface;
    interface.name = std::filesystem::path(input.name).filename().string();
    interface.link = raw.link;
    interface.snaplen = input.snaplen;
    interface.earliest_ns = input.ts_first_ns;
    if (raw.link == input.link_types.front()) {
      interface.kernel_drops = input.kernel_drops;
      interface.interface_drops = input.interface_drops;
    }
    return writer.add_interface(interface);
  }

  [[nodiscard]] std::string origin(wire::FrameRef frame) const {
    return fmt::format("Frame {} of {}.", frame.number(), inputs_[frame.input()].name);
  }

  [[nodiscard]] Comments comments_for(const EvidenceChoice& choice) const {
    Comments out;
    for (const FindingGroup& group : points_.groups()) {
      for (const wire::FrameRef frame : group.frames) {
        const PacketSeen* const seen = points_.seen(frame);
        const IpAddress* const client = seen == nullptr ? nullptr : choice.client_of(*seen);
        for (std::string& comment : finding_comments(group, frame, seen, client, origin(frame)))
          out[frame].push_back(std::move(comment));
      }
    }
    for (const ClockStep& step : points_.steps()) {
      out[step.before];  // there, without a comment
      out[step.after].push_back(step_comment(step, origin(step.after)));
    }
    for (std::size_t i = 0; i < notes_.calls().size(); ++i) {
      if (!choice.has_call(i)) continue;
      for (std::size_t turn = 0; turn < kTurns; ++turn) {
        const wire::FrameRef frame = points_.turn(i, static_cast<Turn>(turn));
        if (!frame.valid()) continue;
        out[frame].push_back(
            call_comment(notes_.calls()[i], static_cast<Turn>(turn), origin(frame)));
      }
    }
    return out;
  }

  // The comment of the section: what this file is, and of what.
  [[nodiscard]] std::string about(const EvidenceChoice& choice, const Comments& comments) {
    std::string out = fmt::format(
        "Excerpt written by deadair {}: the packets that its findings rest on and at which calls "
        "turn ({}, each with a comment), in their whole flows, and flows to compare them with ({} "
        "in all). The other packets of the capture are not here; bytes and times of these are "
        "untouched.\n",
        DEADAIR_VERSION, report::plural(commented(comments), "packet"),
        report::plural(choice.flows(), "flow"));
    if (choice.calls_left_out() != 0)
      out += fmt::format("For want of room {} of the capture are left out.\n",
                         report::plural(choice.calls_left_out(), "call"));
    out += fmt::format("To check it: deadair read FILE{}{}\nTaken from:\n",
                       request_.hint.empty() ? "" : " ", request_.hint);
    if (digests_.empty()) digests_ = digests();
    return out + digests_;
  }

  [[nodiscard]] std::string digests() const {
    std::string out;
    for (const InputSummary& input : inputs_) {
      if (input.packets == 0) continue;
      try {
        out += fmt::format("{}, {}, SHA-256 {}\n", input.name,
                           report::plural(input.packets, "packet"), capture::sha256_of(input.name));
      } catch (const Error& error) {
        throw Failed{fmt::format("{}: not written: {}", request_.path, error.what())};
      }
    }
    return out;
  }

  [[nodiscard]] Gravity read_excerpt(const std::string& path) const {
    Reading reading;
    const auto source = request_.open({path}, {});
    run(*source, request_.run, reading, [](const Progress&) { return true; });
    if (request_.interrupted && request_.interrupted())
      throw Failed{fmt::format("{}: interrupted, not written", request_.path)};
    return reading.gravity();
  }

  const EvidenceNotes& notes_;
  const std::vector<InputSummary>& inputs_;
  const EvidenceRequest& request_;
  EvidencePoints points_;
  std::vector<std::string> names_;
  std::uint64_t packets_ = 0;
  std::string digests_;
};

}  // namespace

EvidenceResult write_evidence(const EvidenceNotes& notes, const std::vector<InputSummary>& inputs,
                              const EvidenceRequest& request) {
  try {
    return EvidenceFile(notes, inputs, request).write();
  } catch (const Failed& failed) {
    EvidenceResult result;
    result.problem = failed.problem;
    return result;
  }
}

}  // namespace deadair::pipeline
