// Reads the table of published fingerprints.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "bytes/error.hpp"
#include "interference/fingerprints.hpp"

namespace deadair::interference {
namespace {

[[noreturn]] void reject(std::string_view what, std::string_view where) {
  throw Error("fingerprints.csv: " + std::string(what) + ": " + std::string(where));
}

// Takes the part up to `separator` off the front of `rest`.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return part;
}

// RFC 4180: a field in quotation marks may hold commas.
std::string_view cut_field(std::string_view& rest) {
  if (!rest.starts_with('"')) return cut(rest, ',');
  rest.remove_prefix(1);
  const std::string_view quoted = cut(rest, '"');
  cut(rest, ',');
  return quoted;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = std::to_address(text.end());
  const auto [stop, problem] = std::from_chars(std::to_address(text.begin()), end, value);
  if (problem != std::errc{} || stop != end || text.empty()) reject("not a number", text);
  return value;
}

Stage stage(std::string_view text) {
  if (text == "syn") return Stage::post_syn;
  if (text == "ack") return Stage::post_ack;
  if (text == "psh") return Stage::post_psh;
  if (text == "later") return Stage::later;
  reject("not a stage", text);
}

IpAddress address(std::string_view text) {
  IpAddress out;
  if (!parse_ip_address(text, out)) reject("not an address", text);
  return out;
}

bool one_of(std::string_view text, std::string_view yes, std::string_view no) {
  if (text != yes && text != no)
    reject("neither " + std::string(yes) + " nor " + std::string(no), text);
  return text == yes;
}

using Setter = void (*)(Fingerprint&, std::string_view);
struct Key {
  std::string_view name;
  Setter set;
};
constexpr std::array kKeys = {
    Key{"sender",
        [](Fingerprint& f, std::string_view v) {
          f.sender = one_of(v, "client", "server") ? Sender::client : Sender::server;
        }},
    Key{"flags", [](Fingerprint& f, std::string_view v) { f.acking = one_of(v, "RA", "R"); }},
    Key{"count", [](Fingerprint& f, std::string_view v) { f.count = number(v); }},
    Key{"df", [](Fingerprint& f, std::string_view v) { f.dont_fragment = one_of(v, "1", "0"); }},
    Key{"odd", [](Fingerprint& f, std::string_view v) { f.odd_flags = one_of(v, "1", "0"); }},
    Key{"window", [](Fingerprint& f, std::string_view v) { f.window = number(v); }},
    Key{"ipid", [](Fingerprint& f, std::string_view v) { f.ip_id = number(v); }},
    Key{"ipid_step",
        [](Fingerprint& f, std::string_view v) {
          f.ip_id_step = static_cast<std::uint16_t>(number(v));
        }},
    Key{"port", [](Fingerprint& f, std::string_view v) { f.port = number(v); }},
    Key{"address", [](Fingerprint& f, std::string_view v) { f.address = address(v); }},
    Key{"steps",
        [](Fingerprint& f, std::string_view v) {
          while (!v.empty()) f.steps.push_back(static_cast<std::uint32_t>(number(cut(v, '/'))));
        }},
    Key{"stage",
        [](Fingerprint& f, std::string_view v) {
          while (!v.empty()) f.stages.push_back(stage(cut(v, ',')));
        }},
};

void read_predicates(std::string_view text, Fingerprint& out) {
  if (text.empty()) reject("no predicate", out.label);
  while (!text.empty()) {
    std::string_view value = cut(text, ' ');
    const std::string_view key = cut(value, '=');
    const auto known = std::ranges::find(kKeys, key, &Key::name);
    if (known == kKeys.end() || value.empty()) reject("unknown predicate", key);
    known->set(out, value);
  }
}

}  // namespace

std::vector<Fingerprint> parse_fingerprints(std::string_view csv) {
  constexpr std::string_view kHeading = "label,reference,date,confidence,predicates";
  std::vector<Fingerprint> rows;
  while (!csv.empty()) {
    std::string_view line = cut(csv, '\n');
    if (line.empty() || line.starts_with('#') || line == kHeading) continue;
    Fingerprint& row = rows.emplace_back();
    row.label = cut_field(line);
    row.reference = cut_field(line);
    row.date = cut_field(line);
    row.confidence = cut_field(line);
    if (row.label.empty() || row.reference.empty() || row.date.empty())
      reject("a label, reference or date is missing", row.label);
    if (row.confidence != "found" && row.confidence != "remembered")
      reject("confidence is found or remembered, not", row.confidence);
    read_predicates(line, row);
  }
  return rows;
}

const std::vector<Fingerprint>& fingerprints() {
  static const std::vector<Fingerprint> rows = parse_fingerprints(fingerprint_csv());
  return rows;
}

}  // namespace deadair::interference
