"""What stands over the graph: legend, overview, hover card, offers; and the clearance they keep."""
