// Writes very many short flows: SYNs that nobody answers, refused connections and DNS look-ups.
#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "bytes_out.hpp"
#include "frame.hpp"
#include "recipes.hpp"

namespace deadair::bench {
namespace {

constexpr std::uint64_t kSeed = 0x3a47;
constexpr std::int64_t kSpanUs = 60'000'000;
constexpr std::uint32_t kPermutation = 2654435761;  // odd: a bijection modulo a power of two
constexpr std::uint32_t kIdentities = 1 << 22;

constexpr std::array<std::uint32_t, 6> kResolvers{ipv4(8, 8, 8, 8),        ipv4(8, 8, 4, 4),
                                                  ipv4(1, 1, 1, 1),        ipv4(9, 9, 9, 9),
                                                  ipv4(208, 67, 222, 222), ipv4(192, 168, 1, 1)};
constexpr std::array<std::uint16_t, 8> kServices{443, 443, 443, 443, 80, 5222, 22, 8080};
constexpr std::array<std::string_view, 12> kHosts{"www",  "api",    "cdn", "static", "mail", "img",
                                                  "auth", "events", "ads", "m",      "eu",   "dl"};
constexpr std::array<std::string_view, 32> kDomains{
    "google.com",     "youtube.com",       "facebook.com",    "fbcdn.net",      "whatsapp.net",
    "whatsapp.com",   "instagram.com",     "skype.com",       "microsoft.com",  "live.com",
    "office.com",     "windowsupdate.com", "apple.com",       "icloud.com",     "amazonaws.com",
    "cloudfront.net", "akamaiedge.net",    "cloudflare.com",  "wikipedia.org",  "debian.org",
    "github.com",     "reddit.com",        "twitter.com",     "netflix.com",    "spotify.com",
    "telegram.org",   "signal.org",        "doubleclick.net", "googleapis.com", "example.org",
    "example.com.au", "bbc.co.uk"};

enum class Kind : std::uint8_t { unanswered, refused, look_up };
constexpr std::array<Kind, 10> kShares{
    Kind::unanswered, Kind::unanswered, Kind::unanswered, Kind::unanswered, Kind::refused,
    Kind::refused,    Kind::refused,    Kind::look_up,    Kind::look_up,    Kind::look_up};

struct Step {
  std::int64_t time_us;
  std::uint32_t flow;
  std::uint8_t number;  // 0 for the flow's first packet
  Kind kind;

  bool operator>(const Step& other) const {
    return time_us != other.time_us ? time_us > other.time_us : flow > other.flow;
  }
};

std::uint32_t hash_of(std::uint32_t flow) {
  return static_cast<std::uint32_t>(splitmix64(kSeed ^ flow));
}

// Address and port together are different for every flow.
Endpoint client_of(std::uint32_t flow) {
  const std::uint32_t identity = flow * kPermutation % kIdentities;
  const std::uint32_t port = 32768 + (identity >> 16) * 512 + hash_of(flow) % 512;
  return {ipv4(10, 1, 0, 0) + (identity & 0xffff), static_cast<std::uint16_t>(port)};
}

Endpoint server_of(std::uint32_t flow, Kind kind) {
  const std::uint32_t hash = hash_of(flow) >> 9;
  if (kind == Kind::look_up) return {kResolvers[hash % kResolvers.size()], 53};
  return {ipv4(93, 184, 0, 0) + (hash & 0xffff), kServices[(hash >> 16) % kServices.size()]};
}

std::string name_of(std::uint32_t flow) {
  const std::uint64_t hash = splitmix64(kSeed + flow);
  std::string name(kHosts[hash % kHosts.size()]);
  return name.append(".").append(kDomains[(hash >> 16) % kDomains.size()]);
}

void put_name(BytesOut& out, std::string_view name) {
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    out.u8(static_cast<std::uint32_t>(label.size()));
    out.text(label);
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  out.u8(0);
}

void make_dns(BytesOut& out, std::uint32_t flow, bool answer) {
  out.clear();
  out.u16(hash_of(flow));
  out.u16(answer ? 0x8180 : 0x0100);
  for (const std::uint32_t count : {1, answer ? 1 : 0, 0, 0}) out.u16(count);
  put_name(out, name_of(flow));
  out.u32(0x00010001);
  if (!answer) return;
  out.u16(0xc00c);
  out.u32(0x00010001);
  out.u32(300);
  out.u16(4);
  out.u32(ipv4(93, 184, 0, 0) + static_cast<std::uint32_t>(splitmix64(flow) & 0xffff));
}

class Many {
 public:
  explicit Many(PcapWriter& writer) : writer_(writer), random_(kSeed) {}

  void write(std::uint32_t flows) {
    for (std::uint32_t flow = 0; flow < flows; flow++) {
      if (flow % shares_.size() == 0) shuffle();
      const std::int64_t start_us = kSpanUs * flow / flows;
      answer_until(start_us);
      emit({start_us, flow, 0, shares_[flow % shares_.size()]});
    }
    answer_until(kSpanUs * 2);
  }

 private:
  // Every ten flows have the shares exactly, in an order no branch predictor learns.
  void shuffle() {
    for (std::uint32_t i = 9; i > 0; i--) std::swap(shares_[i], shares_[random_.below(i + 1)]);
  }

  void answer_until(std::int64_t time_us) {
    while (!pending_.empty() && pending_.top().time_us <= time_us) {
      const Step step = pending_.top();
      pending_.pop();
      emit(step);
    }
  }

  void emit(const Step& step) {
    if (step.kind == Kind::look_up) {
      look_up(step);
    } else {
      connect(step);
    }
    const int last = step.kind == Kind::unanswered ? 0 : step.kind == Kind::refused ? 2 : 1;
    if (step.number == last) return;
    const std::int64_t delay_us = step.number == 0 ? random_.between(10'000, 100'000) : 200;
    pending_.push({step.time_us + delay_us, step.flow, static_cast<std::uint8_t>(step.number + 1),
                   step.kind});
  }

  void look_up(const Step& step) {
    const Endpoint client = client_of(step.flow);
    const Endpoint server = server_of(step.flow, step.kind);
    make_dns(payload_, step.flow, step.number == 1);
    writer_.write(step.time_us, step.number == 0 ? frames_.udp(client, server, payload_.view())
                                                 : frames_.udp(server, client, payload_.view()));
  }

  void connect(const Step& step) {
    const Endpoint client = client_of(step.flow);
    const Endpoint server = server_of(step.flow, step.kind);
    const std::uint32_t first = hash_of(step.flow);
    const std::uint32_t second = ~first;
    if (step.number == 0) {
      writer_.write(step.time_us, frames_.tcp(client, server, {first, 0, kSyn}));
    } else if (step.number == 1) {
      const TcpFields fields{second, first + 1, kSyn | kAck};
      writer_.write(step.time_us, frames_.tcp(server, client, fields));
    } else {
      writer_.write(step.time_us, frames_.tcp(client, server, {first + 1, 0, kRst}));
    }
  }

  PcapWriter& writer_;
  Random random_;
  FrameBuilder frames_;
  BytesOut payload_;
  std::array<Kind, 10> shares_ = kShares;
  std::priority_queue<Step, std::vector<Step>, std::greater<>> pending_;
};

}  // namespace

std::uint64_t write_many(PcapWriter& writer, std::uint32_t flows) {
  Many(writer).write(flows);
  return flows;
}

}  // namespace deadair::bench
