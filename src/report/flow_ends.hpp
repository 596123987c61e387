// The two ends of a flow as text of a given width.
#pragma once

#include <string>

#include "report/records.hpp"

namespace deadair::report {

// `10.0.0.5:51234`, `[2001:db8::1]:443`, or the address alone.
std::string end_text(const IpAddress& address, std::uint16_t port, bool has_port);

// `10.0.0.5:51234 → mmx-ds.cdn.whatsapp.net:443` in at most `width` (at least 16) columns: the
// server by its name where that is known; what does not fit is cut where it tells least.
std::string short_ends(const Flow& flow, std::size_t width);

// Both addresses in full, and the server's name if there is one.
std::string full_ends(const Flow& flow);

}  // namespace deadair::report
