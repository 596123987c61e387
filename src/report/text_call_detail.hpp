// The lines that -v adds below a call in the text output.
#pragma once

#include <string>

#include "report/records.hpp"
#include "report/text_style.hpp"
#include "report/top_calls.hpp"

namespace deadair::report {

// "chat beside it: 2 flows, 31 packets with data sent, 28 received"
std::string chat_text(const Call& call);

// Where it begins, the media of each direction, the relays and peers with what they answered, and
// the chat beside it, as far as known.
std::string render_call_detail(const OwnedCall& owned, bool several_inputs, const InputNames& names,
                               const Style& style);

}  // namespace deadair::report
