// Puts a judged tear-down into one plain sentence.
#pragma once

#include <string>

#include "interference/finding.hpp"
#include "interference/tcp_story.hpp"

namespace deadair::interference {

// `undecidable`: nothing in the flow speaks for another sender, and nothing could, were it careful.
std::string sentence_of(const TcpStory& story, const TearDown& event, const Finding& finding,
                        bool undecidable);

}  // namespace deadair::interference
