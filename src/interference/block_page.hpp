// Judges whether an HTTP answer is a block page, and whether the server sent it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "interference/finding.hpp"
#include "interference/first_answers.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

inline constexpr std::string_view kBlockPageRules = "BLOCKPAGE 1.1";

// A request and all that claims to answer it. `tcp.trigger` names the host that was asked.
struct HttpStory {
  TcpStory tcp;
  std::string_view host;
  std::string_view app;  // empty: nobody's
  std::span<const AnswerVersion> answers;
};

struct HttpContext {
  Context flows;
  // Within ten minutes, of the same client: other hosts that were sent to the same place, and other
  // hosts that answered with something else.
  std::uint64_t hosts_sent_alike = 0;
  std::uint64_t hosts_fine = 0;
  // From the first to the last of those sent alike nobody answered with anything else.
  bool only_alike = false;
  std::span<const IpPrefix> public_nets;  // taken for public addresses, whatever their range
};

// BLOCKPAGE.INJECTED, by its evidence; BLOCKPAGE.302 and BLOCKPAGE.HTTP for published texts without
// it, at most `anomalous`; BLOCKPAGE.451 for the server's own refusal (RFC 7725), `observed`.
// Nothing for other answers: redirects and refusals are what servers do.
std::optional<Finding> judge_block_page(const HttpStory& story, const HttpContext& context);

// Whether one of the answers for the host is what judge_block_page() looks at: it refuses, leads to
// another site, or holds a published text.
bool may_be_block_page(std::string_view host, std::span<const AnswerVersion> answers);

// "https://host:port/path" and "//host/path" to "host"; empty for a path.
std::string_view location_host(std::string_view location);

}  // namespace deadair::interference
