// The records deadair writes, as plain values; docs/schema.json is their contract.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bytes/ip_address.hpp"

namespace deadair::report {

// A packet's place: which input of the run, and its 1-based number in that input.
struct Frame {
  std::uint32_t input = 0;
  std::uint64_t number = 0;
};

enum class Confidence : std::uint8_t { guess, likely, certain };
enum class Service : std::uint8_t { other, text, call, transfer, web, tunnel };

// Bits of the `media` field.
namespace media {
inline constexpr std::uint8_t kVoice = 1, kVideo = 2, kUndecided = 4;
}  // namespace media

struct Signal {
  std::string_view id;
  Frame frame;
};

// One RTP stream (SSRC) of a flow.
struct RtpStream {
  std::uint32_t ssrc = 0;
  bool up = false;  // client to server
  std::uint8_t payload_type = 0;
  std::uint8_t media = 0;
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;
  std::optional<double> jitter_ms;  // absent when the clock is not known
  double kbps = 0;

  // Shown by the text output with -v only; not fields of the record.
  std::uint32_t clock_hz = 0;  // 0 when not known
  std::uint32_t size_p50 = 0;  // bytes of payload
  std::uint32_t size_p90 = 0;
  std::uint32_t size_max = 0;
};

// Text in a record lives only while the record is being written.
struct Flow {
  std::string_view community_id;  // empty when no sink asked for it
  std::int64_t ts_first_ns = 0;
  std::int64_t ts_last_ns = 0;
  Frame frame_first;
  Frame frame_last;
  std::uint8_t proto = 0;  // IANA number
  bool has_ports = false;
  IpAddress client_ip;
  IpAddress server_ip;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  std::uint64_t packets_up = 0;
  std::uint64_t packets_down = 0;
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;

  std::string_view app;  // "unknown" when nothing decided
  Service service = Service::other;
  std::uint8_t media = 0;                // media:: bits; 0 leaves the field out
  std::optional<Confidence> confidence;  // absent when the app is unknown
  std::span<const Signal> signals;
  std::string_view rules;  // version of the classifier that decided
  std::string_view host;
  bool ech = false;  // the true host name is hidden by Encrypted ClientHello
  std::string_view ndpi;

  std::string_view tcp_state;  // empty for other transports
  std::optional<double> rtt_ms;
  std::uint64_t retransmitted_up = 0;
  std::uint64_t retransmitted_down = 0;
  std::uint64_t missed_bytes = 0;
  std::span<const RtpStream> rtp;

  // Shown by the text output with -v only; not fields of the flow record.
  std::uint64_t out_of_order = 0;
  std::uint64_t zero_windows = 0;
  std::optional<double> data_rtt_ms;  // smallest seen between data and its acknowledgement
  struct Closing {
    std::string_view what;  // "FIN" or "RST"
    bool by_client = false;
    Frame frame;
    std::int64_t ts_ns = 0;
  };
  std::span<const Closing> closings;
};

// A relay or a peer that a call tried.
struct CallTarget {
  IpAddress ip;
  std::uint16_t port = 0;
  std::uint64_t requests = 0;   // towards it, repetitions counted
  std::uint64_t responses = 0;  // from it, refusals counted
};

enum class CallOutcome : std::uint8_t {
  connected,
  no_answer,
  setup_failed,
  one_way,
  cut,
  degraded,
  cancelled,
  not_observable,
};
inline constexpr std::size_t kCallOutcomes = 8;

// Media of a call in one direction.
struct CallMedia {
  std::uint64_t packets = 0;
  std::optional<double> loss;  // 0 to 1; absent where sequence numbers cannot be read
  std::optional<double> jitter_ms;
  std::optional<double> mos;  // 1 to 5, ITU-T G.107 approximated

  // For the text output and the excerpt of evidence; not fields of the record.
  double kbps = 0;
  bool proxy = false;         // judged by packet rates alone: the RTP headers cannot be read
  std::uint32_t freezes = 0;  // pauses of more than 200 ms that the sender did not make
  std::int64_t frozen_ns = 0;
  std::optional<double> delay_trend_ms;  // how much later packets came at the end
  std::optional<double> reported_loss;   // by the receiver, in RTCP
  std::optional<double> reported_jitter_ms;
  std::optional<std::int64_t> first_ns{};  // of its packets
  std::optional<std::int64_t> last_ns{};
};

// A stretch of a call in which one kind of media flowed.
struct CallStretch {
  std::uint8_t media = 0;  // media:: bits
  bool up = false;
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};

// One attempt at a call, however many flows it used. `up` is from the socket that placed it.
struct Call {
  std::uint64_t number = 0;  // within the run, from 1
  std::string_view app;
  IpAddress client_ip;
  std::uint16_t client_port = 0;
  std::int64_t ts_start_ns = 0;
  std::optional<std::int64_t> ts_media_ns;
  std::int64_t ts_end_ns = 0;
  Frame frame_start;
  std::uint8_t media = 0;  // media:: bits
  CallOutcome outcome = CallOutcome::not_observable;
  std::span<const CallTarget> relays;
  std::span<const CallTarget> peers;
  std::span<const std::string_view> flows;  // Community IDs; empty when no sink asked for them
  std::optional<std::int64_t> setup_ns;     // first set-up packet to first media
  std::optional<std::int64_t> talk_ns;      // media both ways
  CallMedia up, down;

  // Shown by the text output only; not fields of the record.
  std::optional<std::int64_t> ring_ns;  // first answer of a relay, or ringing, to talk or the end
  std::string_view reason;              // one clause: what decided the outcome
  bool begun_before = false;            // the capture has no set-up: it began in mid-call
  bool running_on = false;              // media still flowed when the capture ended
  std::span<const CallStretch> stretches;
  std::uint32_t chat_flows = 0;  // text flows of the same application and client, alive around it
  std::uint64_t chat_sent = 0;   // their packets with data within a minute of the call
  std::uint64_t chat_received = 0;
  std::optional<double> chat_rtt_ms;
};

// One per input, after everything else.
struct Capture {
  std::uint32_t input = 0;
  std::vector<std::string> link_types;  // names as tcpdump has them: "EN10MB"
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::optional<std::pair<std::int64_t, std::int64_t>> span_ns;  // absent without packets
  std::vector<std::pair<std::string, std::uint64_t>> undecoded;  // by reason, only those that occur
  bool truncated = false;
  std::string problem;  // for the text output: what was wrong with the input
  std::uint64_t missed_bytes = 0;
  std::optional<std::uint64_t> kernel_drops;
  std::optional<std::uint64_t> interface_drops;
  std::uint64_t evicted_flows = 0;
  std::vector<std::string> gates;  // "GATE.ONESIDED": defects that limit what may be said
};

// How strong the evidence of a finding is, rising; indeterminate: the capture cannot tell.
enum class Level : std::uint8_t { indeterminate, observed, anomalous, likely, confirmed_pattern };
inline constexpr std::size_t kLevels = 5;

// A benign explanation that was considered.
struct Alternative {
  std::string name;
  bool excluded = false;  // by evidence; else still open
  std::string why;
};

// A piece of evidence.
struct EvidenceItem {
  using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

  std::string name;
  std::string group;  // items of one group are not independent
  double lr = 0;      // log10 likelihood ratio
  Value value;        // what was measured
  Frame frame;        // number 0: no one packet
};

// What seems to have set an event off. Without a type there is none.
struct Trigger {
  std::string type;  // "TLS_SNI"
  std::string name;
  Frame frame;  // number 0: not known
};

// What a sender normally sends.
struct Baseline {
  std::vector<std::uint8_t> ttl;  // TTLs or hop limits, ascending
  std::string ip_id;              // how its IP identification numbers run
  std::optional<double> rtt_ms;
};

// What of a finding could be measured.
struct Measured {
  std::optional<std::uint64_t> rate_bps;
  std::optional<std::uint64_t> burst_bytes;
  std::optional<double> delay_ms;
  std::optional<std::uint64_t> after_packets;  // packets before it set in
  std::optional<double> after_ms;              // time before it set in
};

// One event or pattern of interference. Findings are few and outlive what they were seen in, so
// they own their text; sentences and names in it are plain ASCII.
struct Finding {
  std::uint32_t input = 0;  // that of its first packet
  std::string id;           // "DROP.STUN.RELAY"
  Level level = Level::observed;
  std::optional<double> score;  // sum of the items, each group capped
  std::string app;              // empty when it happened to none
  std::string flow;             // Community ID
  std::uint64_t call = 0;       // number of the call; 0 without
  std::vector<Frame> frames;    // in order
  Trigger trigger;
  std::vector<EvidenceItem> items;
  std::vector<Alternative> alternatives;
  std::vector<std::string> gates;
  Baseline baseline;
  std::optional<std::uint64_t> tests;  // hypotheses tested in this run
  Measured measured;
  std::string rules;
  std::string text;  // one plain sentence
  // For pages, not for records: several findings may tell of the same packets, and several flows
  // may have fared alike.
  struct Fold {
    bool hidden = false;            // another finding's entry tells of this one
    std::vector<std::string> also;  // ids of the others about the same packets
    std::uint64_t times = 1;        // events alike
    std::vector<Frame> frames;      // of all of them; empty: those of the finding
  };
  Fold fold;
};

enum class VerdictOutcome : std::uint8_t { ok, degraded, blocked, inconclusive, not_observable };
inline constexpr std::size_t kVerdictOutcomes = 5;

// The answer for one application and service over the run; it owns its text as findings do.
struct Verdict {
  struct Count {
    std::string id;
    std::uint64_t count = 0;
  };

  std::uint32_t input = 0;  // that of the first packet of the first attempt
  std::string app;
  Service service = Service::call;  // any but other
  VerdictOutcome outcome = VerdictOutcome::not_observable;
  std::optional<Level> level;             // written unless ok or not_observable
  std::optional<std::uint64_t> attempts;  // calls; flows for the other services
  std::optional<std::uint64_t> failed;
  std::optional<std::uint64_t> connected;
  std::string bound;            // "0 of 5 connected: true success <= 0.45"
  std::vector<Count> findings;  // what it rests on
  std::vector<Alternative> alternatives;
  std::string text;  // one plain sentence to quote
};

// What the run as a whole was; the text output begins with it.
struct Summary {
  std::uint64_t flows = 0;
  std::uint64_t clients = 0;  // distinct client addresses of recognised flows
  std::uint64_t skipped_files = 0;
  bool judged = false;  // interference was looked for, so that no finding means something
};

// Names of the inputs in the order of Frame::input; grows while reading.
class InputNames {
 public:
  virtual ~InputNames() = default;
  [[nodiscard]] virtual std::string_view name(std::uint32_t input) const = 0;
};

// Receives records in the order in which they leave.
class Sink {
 public:
  virtual ~Sink() = default;
  // True when the sink shows every field of every flow; false lets the pipeline leave out what only
  // a complete record needs (the Community ID).
  [[nodiscard]] virtual bool complete() const = 0;
  virtual void flow(const Flow& flow) = 0;
  virtual void call(const Call& call) = 0;
  // Both after all flows and calls.
  virtual void finding(const Finding& /*finding*/) {}
  virtual void verdict(const Verdict& /*verdict*/) {}
  virtual void capture(const Capture& capture) = 0;
  // After the last record. Throws Error when the output could not be written.
  virtual void finish(const Summary& summary) = 0;
  // Makes what was written so far visible (live runs call it about once a second).
  virtual void flush() {}
};

}  // namespace deadair::report
