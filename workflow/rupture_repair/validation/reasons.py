"""Why a problem matters: what it would do to ruptures, to symptom courses or to the moderation."""

OF_A_VALUE = {
    "patient_id": "A rating that belongs to nobody cannot be analysed, and is missed elsewhere.",
    "therapist_id": (
        "Patients of one therapist resemble each other: the models must know who treated whom."
    ),
    "iip": "It is the moderator: one wrong value moves the standardised scores of everybody.",
    "age": "It describes the sample.",
    "session": "Ruptures are drops between neighbouring sessions: wrong numbers make or hide them.",
    "alliance": (
        "One wrong rating creates or hides a rupture, and widens the standard deviation from which "
        "everybody's threshold is computed."
    ),
    "symptoms": "One wrong rating distorts the patient's course of symptoms, which is the outcome.",
    "date": "Dates tell whether sessions are in order and how long the pauses were.",
}
COLUMN = "Without the column nothing can be computed."
NO_ROWS = "Without rows nothing can be computed."
UNREADABLE = "Nothing can be checked until the file is read."
TWICE = {
    "patient_id": "The patient would count twice, perhaps with two different baselines.",
    "session": "Which rating counts is unknown: a drop between the two would be made up, or lost.",
}
UNKNOWN_PATIENT = (
    "Therapist and interpersonal problems are unknown: no model can include these sessions."
)
BACKWARDS = "In the wrong order, drops and returns appear where there were none."
SAME_DAY = "One session entered twice under two numbers makes the course longer than it was."
NO_SESSIONS = "Without ratings there is no course and no pattern."
NO_BASELINE = "Without the moderator the patient cannot enter the moderation models."
SHORT = "A drop and a return need at least three sessions to be seen."
NOBODY = "Nothing is left to be analysed."
OFF_GRID = "Scores made in another way have another range, and cut-offs no longer mean the same."
PRORATED = "Such a score is a little less reliable; many of them blur small drops."
NO_SCORE = "A session without a score can neither begin nor end a drop."
ENDS = (
    "A drop below the floor or a return above the ceiling cannot be seen, and thresholds in "
    "standard deviations become small."
)
CONSTANT = (
    "A series without any variation has no rupture, and makes the group without one look better."
)
GAPS = "Across a gap a drop is not from one session to the next."
PAUSE = "A drop after a long pause is not a rupture within a running treatment."
WAVE = "It would make or hide ruptures in every patient at the same session."
HIDDEN = "Answers would be lost as missing, perhaps the very lowest or highest ones."
CHANGE = "A rupture with one therapist cannot be repaired with another."
NO_THERAPISTS = "Patients count as independent, so that intervals may be too narrow."
INTAKE = (
    "A rating outside the sessions would begin or end a drop that happened between no sessions."
)
UNMATCHED = (
    "A session without a symptom rating is not an observation for the models; a rating far from it "
    "describes another week."
)
AGAIN = (
    "From one treatment to the next nothing can rupture or be repaired, and together they count "
    "as one long treatment."
)
PLANNED = "Sessions that were never held would make the treatment longer than it was."
NO_NAME = (
    "Without a therapist a patient cannot enter the models; one word would merge many therapists."
)
CODED_NAME = (
    "Whole caseloads would be lost, or patients without a therapist would count as one caseload."
)
NO_VALUE = "A session without a score can neither begin nor end a drop."
SIMILAR_NAMES = {
    "patient_id": "A treatment cut in two has other ruptures, and ends too early.",
    "therapist_id": "Differences between therapists are estimated from caseloads: these are split.",
}
SHORTENED = "Different patients or therapists become one, and the two files no longer match."
FORMULAS = "They were written by a program that does not compute them: the ratings would be lost."
NUMBERING = (
    "Courses are modelled on the logarithm of the session number, and the highest number is the "
    "length of the treatment: numbers that begin late flatten the courses and lengthen treatments."
)
FAR_NUMBER = (
    "The highest number counts as the length of the treatment, and no drop is looked for across "
    "the gap."
)
COPIED = "One person would count twice, with the same ruptures: intervals become too narrow."
ENTERED_TWICE = (
    "A session without change that was never held hides drops, and lengthens the treatment."
)
SPIKE = "Each such rating creates a rupture, and the rating after it a repair, that never happened."
TURNED = (
    "Turned round, a drop of the alliance reads as a rise and a rise as a rupture; symptoms or "
    "interpersonal problems turned round change the sign of what is found."
)
RANGE = (
    "On another range drops are larger or smaller than they were, and the standard deviation that "
    "makes everybody's threshold is wrong."
)
NARROWER = (
    "On a narrower range drops are smaller than they were, and fewer pass the threshold that is "
    "made from all patients."
)
CASELOAD = (
    "Patients of one therapist are taken to resemble each other; a name that stands for several "
    "therapists makes unrelated patients look alike."
)
ONE_EACH = (
    "Whether some therapists have more ruptures or better courses cannot be answered with one "
    "patient of each."
)
NO_ALLIANCE = "Without changes of the alliance from session to session there is no rupture to find."
NO_OUTCOME = "Without a course of symptoms there is no outcome to be explained."
NO_MODERATOR = "Where all have the same interpersonal problems, they moderate nothing."
LABELS = "Categories are printed, adjusted for and masked under their labels."
