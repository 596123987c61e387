// What identifies Ultrasurf: the names of its sites. Nothing else is proved (README).
#pragma once

#include <array>

#include "classify/classifier.hpp"

namespace deadair::classifiers::ultrasurf {

using classify::NameRule;
using classify::Rank;
using classify::Service;
using classify::SignalInfo;

inline constexpr SignalInfo kNameWeb = {"ULTRASURF.NAME.WEB", Rank::name,
                                        "Name of Ultrasurf's or its maker's site"};
inline constexpr SignalInfo kDns = {"ULTRASURF.DNS", Rank::name,
                                    "A DNS answer gave this address for an Ultrasurf name"};

inline constexpr std::array kSignals = {kNameWeb, kDns};

// The product's site in English and Chinese: strings of its program, listed in a public patch of
// u.exe, and nDPI's list of host names. The maker's site: public guides to circumvention in several
// languages. Read 2026-11-22.
inline constexpr std::array kNames = {
    NameRule{"ultrasurf.us", "", Service::web, &kNameWeb},
    NameRule{"wujieliulan.com", "", Service::web, &kNameWeb},
    NameRule{"ultrareach.com", "", Service::web, &kNameWeb},
};

}  // namespace deadair::classifiers::ultrasurf
