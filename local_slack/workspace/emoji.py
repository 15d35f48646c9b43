"""The emoji this Slack knows: how the page draws them, and the names that reactions take."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOOD, BAD, WARN, INFO, QUIET = "good", "bad", "warn", "info", "quiet"

EMOJI: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "white_check_mark": ("✔", GOOD),
        "heavy_check_mark": ("✔", GOOD),
        "ballot_box_with_check": ("☑", GOOD),
        "large_green_circle": ("●", GOOD),
        "tada": ("★", GOOD),
        "sparkles": ("✦", GOOD),
        "rocket": ("▲", GOOD),
        "x": ("✘", BAD),
        "no_entry": ("⊘", BAD),
        "no_entry_sign": ("⊘", BAD),
        "octagonal_sign": ("■", BAD),
        "red_circle": ("●", BAD),
        "rotating_light": ("▲", BAD),
        "fire": ("▲", BAD),
        "exclamation": ("!", BAD),
        "warning": ("⚠", WARN),
        "large_orange_circle": ("●", WARN),
        "large_yellow_circle": ("●", WARN),
        "construction": ("⚠", WARN),
        "bell": ("♪", WARN),
        "hourglass": ("⌛", WARN),
        "hourglass_flowing_sand": ("⌛", INFO),
        "arrows_counterclockwise": ("↻", INFO),
        "repeat": ("↻", INFO),
        "double_vertical_bar": ("‖", WARN),
        "large_blue_circle": ("●", INFO),
        "information_source": ("ℹ", INFO),
        "eyes": ("◉", INFO),
        "mag": ("◎", INFO),
        "arrow_right": ("→", INFO),
        "bar_chart": ("▥", INFO),
        "chart_with_upwards_trend": ("↗", INFO),
        "stopwatch": ("◷", INFO),
        "clock1": ("◷", INFO),
        "link": ("∞", INFO),
        "memo": ("✎", INFO),
        "wave": ("✋", INFO),
        "white_circle": ("○", QUIET),
        "black_circle": ("●", QUIET),
        "no_bell": ("∅", QUIET),
        "zzz": ("z", QUIET),
        "question": ("?", QUIET),
        "grey_question": ("?", QUIET),
        "heavy_minus_sign": ("–", QUIET),
        "lock": ("⚿", QUIET),
    }
)
"""Symbol and tone by name. Plain symbols, because colour glyphs need fonts that many machines lack."""

_OTHERS = """
+1 -1 100 1234 abacus alarm_clock alien ambulance anchor angry ant arrow_backward arrow_double_down arrow_double_up
arrow_down arrow_forward arrow_heading_down arrow_heading_up arrow_left arrow_lower_left arrow_lower_right
arrow_right_hook arrow_up arrow_up_down arrow_up_small arrow_upper_left arrow_upper_right arrows_clockwise asterisk
astonished atom_symbol back bangbang bank battery beers beetle bike black_heart black_large_square blue_book
blue_heart blush bomb book bookmark bookmark_tabs books boom bow briefcase broken_heart broom bug
building_construction bulb burrito bust_in_silhouette busts_in_silhouette cactus cake calendar call_me_hand camera
candle card_file_box card_index cat chart chart_with_downwards_trend checkered_flag cl clap classical_building
clipboard clock10 clock11 clock12 clock2 clock3 clock4 clock5 clock6 clock7 clock8 clock9 cloud cocktail coffee
cold_sweat computer confetti_ball confused construction_worker cool copyright credit_card crossed_fingers
crossed_flags crown cry cupid curly_loop customs dart dash date desktop_computer disappointed dizzy dizzy_face dna
dog dollar door earth_africa earth_americas earth_asia egg eight electric_plug elephant email end envelope
envelope_with_arrow exploding_head expressionless face_palm facepunch fast_forward file_cabinet file_folder
fire_engine fire_extinguisher first_place_medal fish fist five floppy_disk flushed four free fuelpump full_moon
gear gem ghost gift globe_with_meridians goat green_apple green_book green_heart grey_exclamation grimacing grin
grinning hammer hammer_and_wrench hand handshake hash hatched_chick headphones hear_no_evil heart heart_eyes
heartbeat heavy_division_sign heavy_dollar_sign heavy_exclamation_mark heavy_multiplication_x heavy_plus_sign
high_brightness hocho hospital hot_pepper hotsprings house hugging_face id imp inbox_tray infinity innocent
interrobang jack_o_lantern joy key keyboard kissing_heart label ladybug large_blue_diamond large_blue_square
large_brown_circle large_green_square large_orange_diamond large_orange_square large_purple_circle
large_purple_square large_red_square large_yellow_square laughing ledger left_right_arrow leftwards_arrow_with_hook
lightning linked_paperclips lock_with_ink_pen locomotive loop loud_sound loudspeaker low_brightness
lower_left_fountain_pen magnet mailbox male-technologist mantelpiece_clock mega metro microphone microscope
money_with_wings moneybag monkey moon motorway mountain mouse muscle musical_note mute nerd_face neutral_face new
new_moon newspaper ng nine no_good no_mouth notebook notes nut_and_bolt o ocean octopus off ok ok_hand ok_woman on
oncoming_police_car one open_book open_file_folder open_mouth orange_book orange_heart outbox_tray package
page_facing_up page_with_curl panda_face paperclip parking partly_sunny partying_face passport_control pencil
pencil2 penguin pensive persevere phone pick pig pill pineapple pizza point_down point_left point_right point_up
point_up_2 police_car pray printer punch purple_heart pushpin rabbit racehorse radio radioactive_sign rage
railway_car rainbow raised_hand raised_hands raising_hand rat receipt recycle red_car registered relaxed relieved
repeat_one rewind ribbon robot_face rolled_up_newspaper rolling_on_the_floor_laughing rose rotating_light runner sa
saluting_face sandwich satellite satellite_antenna scales school scissors scream scroll seat second_place_medal
secret see_no_evil seedling seven shield ship shrug shushing_face signal_strength six skull sleeping sleepy
slightly_frowning_face slightly_smiling_face small_blue_diamond small_orange_diamond small_red_triangle
small_red_triangle_down smile smiley smirk smoking snail snake snowflake snowman sob soon sos sound spaghetti
speak_no_evil speaker speech_balloon spiral_calendar_pad spiral_note_pad sponge squirrel star star2 stars station
straight_ruler sun_with_face sunflower sunglasses sunny sunrise surfer sweat sweat_drops sweat_smile
table_tennis_paddle_and_ball taco tangerine taxi tea technologist telephone telephone_receiver telescope ten
test_tube thermometer thinking_face third_place_medal thought_balloon three thumbsdown thumbsup ticket tiger
timer_clock tired_face tm toolbox top trackball traffic_light train tram triangular_flag_on_post triangular_ruler
triumph trophy truck turtle tv two umbrella unamused unicorn_face unlock up upside_down_face v
vertical_traffic_light vibration_mode video_camera vs walking waning_crescent_moon wastebasket watch water_buffalo
waving_black_flag waving_white_flag wavy_dash weary whale wheelchair white_flag white_heart white_large_square
white_medium_square wind wink woman-technologist wrench writing_hand yellow_heart yum zap zero zipper_mouth_face
zombie
"""

NAMES = frozenset(EMOJI) | frozenset(_OTHERS.split())
"""The names that reactions accept. Slack knows about 1,900; these are the ones that apps react with. Others are
refused, to be stricter than Slack (https://docs.slack.dev/reference/methods/reactions.add)."""
