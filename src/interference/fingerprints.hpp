// Compares resets with the published fingerprints of injectors, over one flow or a whole run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "interference/evidence.hpp"
#include "interference/stages.hpp"
#include "interference/tcp_story.hpp"
#include "interference/tsg.hpp"

namespace deadair::interference {

// One row of data/fingerprints.csv: what is not given does not matter.
struct Fingerprint {
  std::string label;
  std::string reference;
  std::string date;
  std::string confidence;  // found, or remembered
  std::optional<Sender> sender;
  std::optional<bool> acking;
  std::optional<bool> dont_fragment;
  std::optional<bool> odd_flags;
  std::optional<std::uint64_t> count, window, ip_id, port;
  std::optional<std::uint16_t> ip_id_step;
  std::optional<IpAddress> address;
  std::vector<std::uint32_t> steps;
  std::vector<Stage> stages;
};

// The text of the table as compiled in.
std::string_view fingerprint_csv();
// Reads such a table. Throws Error at the first row that makes no sense.
std::vector<Fingerprint> parse_fingerprints(std::string_view csv);
// The table compiled in; read once.
const std::vector<Fingerprint>& fingerprints();

bool matches(const Fingerprint& print, const TcpStory& story, const TearDown& event);

// Adds up over the flows of a run what resets have in common: a fingerprint needs three packets,
// the algebra three resets between the same addresses. Bounded; what comes beyond is not taken in.
class FingerprintLedger {
 public:
  static constexpr std::uint64_t kLeastPackets = 3;
  static constexpr std::size_t kLeastPairs = 2;

  FingerprintLedger();
  void note(const TcpStory& story, const TearDown& event);
  // Packets that fit the row of fingerprints() with this index.
  [[nodiscard]] std::uint64_t packets(std::size_t row) const { return packets_[row]; }
  // Related pairs among the resets from `source` to `destination`.
  [[nodiscard]] std::size_t tsg_pairs(const IpAddress& source, const IpAddress& destination) const;
  [[nodiscard]] std::size_t tsg_resets(const IpAddress& source, const IpAddress& destination) const;

 private:
  static constexpr std::size_t kMostPairs = 4096, kMostResets = 16;
  using Ends = std::pair<IpAddress, IpAddress>;

  std::vector<std::uint64_t> packets_;
  std::map<Ends, std::vector<ResetFields>> resets_;
};

// Adds INJ.FP items for the fingerprints that this tear-down fits, when the ledger, which has taken
// it in already, knows enough packets of them.
void judge_published(const TcpStory& story, const TearDown& event, const FingerprintLedger& ledger,
                     Evidence& evidence);

}  // namespace deadair::interference
